import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startJobs } from '../../src/jobs/schedule.ts';
import { startTestApp } from '../support/server/app.ts';
import type { TestApp } from '../support/server/app.ts';
import { openDesk } from '../support/hotel/desk.ts';

let t: TestApp;

beforeAll(async () => {
  t = await startTestApp({ LOG_LEVEL: 'trace' });
});
afterAll(() => t.close());

test('a job that fails on somebody’s row logs what failed and where, and nothing of the row', async () => {
  const desk = await openDesk(t);
  // The second line looks like one of a stack.
  await desk.book({ specialRequests: 'CanaryOne\n    at CanaryTwo\nCanaryThree' });
  await t.database.sql(`ALTER TABLE bookings ADD CONSTRAINT nobody CHECK (status <> 'EXPIRED') NOT VALID`);
  await t.database.travel('11 minutes');
  const jobs = startJobs(t.ctx);
  const failures = () => t.logged.filter(({ err }) => err !== undefined);
  await vi.waitFor(() => {
    expect(failures()).not.toEqual([]);
  }, 10_000);
  await jobs.stop();
  expect(failures()[0]).toMatchObject({
    err: {
      name: 'PrismaClientKnownRequestError',
      message: expect.stringMatching(/^Code: `23514`.*violates check constraint "nobody"/),
      stack: expect.stringContaining('change-booking-status.ts'),
    },
  });
  expect(JSON.stringify(t.logged)).not.toContain('Canary');
});

test('a job that goes through many stops after the one that it is at', async () => {
  const stuck = await startTestApp();
  const desk = await openDesk(stuck, { rooms: 3 });
  const codes = [await desk.book(), await desk.book(), await desk.book()].map(({ code }) => code);
  const statuses = async () => {
    const found = await stuck.ctx.db.booking.findMany({
      where: { code: { in: codes } },
      orderBy: { expiresAt: 'asc' },
    });
    return found.map(({ status }) => status);
  };
  const other = new pg.Client(stuck.database.url);
  await other.connect();
  await other.query('BEGIN');
  await other.query('SELECT FROM bookings WHERE code = $1 FOR UPDATE', [codes[0]]);
  await stuck.database.travel('11 minutes');
  const jobs = startJobs(stuck.ctx);
  await vi.waitFor(async () => {
    const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    expect((await other.query(waiting)).rowCount).toBe(1);
  }, 10_000);
  const stopped = jobs.stop();
  await other.end();
  await stopped;
  expect(await statuses()).toEqual(['EXPIRED', 'PENDING_PAYMENT', 'PENDING_PAYMENT']);
  await stuck.close();
});
