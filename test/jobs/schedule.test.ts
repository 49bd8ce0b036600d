import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startJobs } from '../../src/jobs/schedule.ts';
import { startTestApp } from '../support/app.ts';
import type { TestApp } from '../support/app.ts';
import { openDesk } from '../support/desk.ts';

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
