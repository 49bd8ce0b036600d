import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildApp } from '../../../src/app.ts';
import { connectDatabase } from '../../../src/db/connection/connect-database.ts';
import { numberEvents } from '../../../src/services/core/feed/number-events.ts';
import { openCursors } from '../../../src/services/core/feed/delivery/open-cursors.ts';
import { pusherSender } from '../../../src/services/core/feed/delivery/pusher-sender.ts';
import { readGauges } from '../../../src/services/platform/ops/read-gauges.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { TestApp } from '../../support/server/app.ts';
import { openDesk } from '../../support/hotel/desk.ts';
import { readSamples } from '../../support/http/metrics.ts';
import { countStatements } from '../../support/database/queries.ts';

let t: TestApp;

beforeEach(async () => {
  t = await startTestApp();
  // What the demo data announced is not what these tests are about.
  await t.database.sql('TRUNCATE outbox_messages');
});
afterEach(() => t.close());

interface Queues {
  readonly depth: Record<string, number>;
  readonly oldest: Record<string, number>;
  readonly isUp: boolean;
}

/** What a scrape tells of the queues; ages in whole minutes. */
async function readQueues(): Promise<Queues> {
  const answer = await t.call('GET', '/metrics');
  expect(answer.status).toBe(200);
  const samples = readSamples(answer.body as string);
  const of = (name: string) => samples.filter((sample) => sample.name === name);
  const byQueue = (name: string, read = (value: number) => value) =>
    Object.fromEntries(of(name).map(({ labels, value }) => [labels['queue'], read(value)]));
  return {
    depth: byQueue('holdfast_queue_depth'),
    oldest: byQueue('holdfast_queue_oldest_seconds', (seconds) => Math.floor(seconds / 60)),
    isUp: of('holdfast_database_up')[0]?.value === 1,
  };
}

const NOTHING = {
  webhooks: 0,
  webhooks_failed: 0,
  gateway_operations: 0,
  gateway_operations_unknown: 0,
  outbox: 0,
  realtime: 0,
  overdue_holds: 0,
  overdue_decisions: 0,
  lapsing_authorizations: 0,
  open_disputes: 0,
  reconciliation_differences: 0,
};

const tellOf = (state: string, due: string, bookingId: string | null = null) =>
  t.database.sql(
    `INSERT INTO webhook_events (event_id, type, occurred_at, received_at, state, next_attempt_at, booking_id)
     VALUES (gen_random_uuid()::text, 'test', app_now(), app_now() + $2::interval, $1::webhook_event_state, app_now() + $2::interval, $3)`,
    [state, due, bookingId],
  );

test('nothing waits where nothing was done', async () => {
  expect(await readQueues()).toEqual({ depth: NOTHING, oldest: NOTHING, isUp: true });
});

test('events of the gateway wait when they are due, and failed ones until somebody replays them', async () => {
  const bookingId = crypto.randomUUID();
  await tellOf('RECEIVED', '-3 minutes');
  await tellOf('RECEIVED', '-1 minute');
  await tellOf('RECEIVED', '5 minutes', bookingId);
  await tellOf('RECEIVED', '-90 minutes', bookingId); // waits for the one before
  await tellOf('PROCESSED', '-5 minutes');
  await tellOf('FAILED', '-2 hours');
  const { depth, oldest } = await readQueues();
  expect(depth).toEqual({ ...NOTHING, webhooks: 2, webhooks_failed: 1 });
  expect(oldest).toEqual({ ...NOTHING, webhooks: 3, webhooks_failed: 120 });
});

test('a payment without an answer, a hold past its deadline and unpublished events are all to be seen', async () => {
  const desk = await openDesk(t);
  const { guestToken } = await desk.book();
  const session = await t.call('POST', '/v1/guest/booking/payment-session', { token: guestToken, body: {} });
  expect(session.status).toBe(502);
  const [{ count: unpublished } = { count: 0 }] = await t.database.sql<{ count: number }>(
    'SELECT count(*)::int AS count FROM outbox_messages',
  );
  expect(unpublished).toBeGreaterThan(0);
  expect((await readQueues()).depth).toEqual({ ...NOTHING, gateway_operations_unknown: 1, outbox: unpublished });
  await t.database.travel('12 minutes');
  const { depth, oldest } = await readQueues();
  expect(depth).toEqual({
    ...NOTHING,
    gateway_operations: 1,
    gateway_operations_unknown: 1,
    outbox: unpublished,
    overdue_holds: 1,
  });
  expect(oldest).toEqual({
    ...NOTHING,
    // Asked again after five seconds, and nobody did.
    gateway_operations: 11,
    gateway_operations_unknown: 12,
    outbox: 12,
    overdue_holds: 2,
  });
});

test('a property whose events the realtime service does not take is to be seen, until the service is switched off', async () => {
  const nobody = { PUSHER_APP_ID: '1', PUSHER_KEY: 'key', PUSHER_SECRET: 'secret', PUSHER_HOST: 'http://127.0.0.1:1' };
  await t.close();
  t = await startTestApp(nobody);
  await t.database.sql('TRUNCATE outbox_messages');
  await openCursors(t.ctx, pusherSender);
  const desk = await openDesk(t);
  await desk.book();
  await desk.book();
  await numberEvents(t.ctx);
  await t.database.travel('3 minutes');
  const { depth, oldest } = await readQueues();
  expect({ depth, oldest }).toEqual({ depth: { ...NOTHING, realtime: 1 }, oldest: { ...NOTHING, realtime: 3 } });
  expect(await readGauges({ ...t.ctx, realtime: null })).toContainEqual({
    queue: 'realtime',
    depth: 0,
    oldestSeconds: 0,
  });
});

test('an authorization that lapses within a day, and what was to be declined by now, are both to be seen', async () => {
  const desk = await openDesk(t, { rooms: 5, property: { approval: 'STAFF' } });
  const waitsFor = async (stage: string, capture: string, set = '') => {
    const { code } = await desk.book();
    await t.database.sql(
      `UPDATE bookings SET status = 'PENDING_APPROVAL', payment_stage = $2, payment_authorized_at = app_now() - interval '5 days',
         capture_before = app_now() + $3::interval ${set} WHERE code = $1`,
      [code, stage, capture],
    );
    await t.database.sql(
      `INSERT INTO payments (id, property_id, booking_id, amount, currency, provider, method, purpose, stage)
       SELECT gen_random_uuid(), property_id, id, deposit_due, currency, 'STRIPE', 'CARD', 'BOOKING', $2 FROM bookings WHERE code = $1`,
      [code, stage],
    );
  };
  await waitsFor('AUTHORIZED', '2 days');
  await waitsFor('AUTHORIZED', '20 hours');
  await waitsFor('AUTHORIZED', '50 minutes');
  await waitsFor('LAPSED', '-30 minutes', `, expires_at = app_now() - interval '5 minutes'`);
  await waitsFor('LAPSED', '-30 minutes', `, expires_at = app_now() + interval '5 minutes'`);
  await t.database.sql('TRUNCATE outbox_messages');
  const { depth, oldest } = await readQueues();
  expect(depth).toEqual({ ...NOTHING, lapsing_authorizations: 1, overdue_decisions: 2 });
  expect(oldest).toEqual({ ...NOTHING, lapsing_authorizations: 240, overdue_decisions: 10 });
});

test('a dispute is to be seen until the bank has decided', async () => {
  const desk = await openDesk(t);
  const code = await desk.confirm();
  await desk.act(code, 'payments', { method: 'CASH', amount: 10_000 });
  await t.database.sql(
    `INSERT INTO disputes (id, property_id, booking_id, payment_id, gateway_dispute_id, amount, currency, reason, opened_at)
     SELECT gen_random_uuid(), p.property_id, p.booking_id, p.id, 'du_1', 1, 'EUR', 'general', app_now() - interval '3 hours'
     FROM payments p JOIN bookings b ON b.id = p.booking_id WHERE b.code = $1`,
    [code],
  );
  const { depth, oldest } = await readQueues();
  expect([depth['open_disputes'], oldest['open_disputes']]).toEqual([1, 180]);
  await t.database.sql(`UPDATE disputes SET status = 'LOST', closed_at = app_now()`);
  expect((await readQueues()).depth['open_disputes']).toBe(0);
});

test('a property whose books did not agree is to be seen, until a later comparison comes to an end', async () => {
  const desk = await openDesk(t);
  const compare = (days: number, isBalanced: boolean | null) =>
    t.database.sql(
      `INSERT INTO reconciliations (property_id, on_date, is_balanced, created_at)
       VALUES ($1, current_date + $2::int, $3, app_now() - interval '3 hours')`,
      [desk.hotel.propertyId, days, isBalanced],
    );
  await compare(0, false);
  await compare(1, false);
  await compare(2, null);
  const { depth, oldest } = await readQueues();
  expect([depth['reconciliation_differences'], oldest['reconciliation_differences']]).toEqual([1, 180]);
  await t.database.sql('UPDATE reconciliations SET is_balanced = true WHERE is_balanced IS NULL');
  expect((await readQueues()).depth['reconciliation_differences']).toBe(0);
});

test('a hold that is being paid is not overdue', async () => {
  const desk = await openDesk(t);
  const { code } = await desk.book();
  await t.database.sql(`UPDATE bookings SET payment_stage = 'AUTHORIZED' WHERE code = $1`, [code]);
  await t.database.travel('12 minutes');
  expect((await readQueues()).depth['overdue_holds']).toBe(0);
});

test('without a database a scrape still tells of the process, and of the queues nothing rather than something old', async () => {
  const db = connectDatabase({
    url: 'postgresql://holdfast@127.0.0.1:1/none',
    poolSize: 2,
    onPoolError: () => undefined,
  });
  const app = await buildApp({ ...t.ctx, db });
  expect((await readQueues()).isUp).toBe(true);
  const answer = await app.inject('/metrics');
  await app.close();
  expect(answer.statusCode).toBe(200);
  const samples = readSamples(answer.body);
  expect(samples.find(({ name }) => name === 'holdfast_database_up')?.value).toBe(0);
  expect(samples.filter(({ labels }) => 'queue' in labels)).toEqual([]);
  expect(samples.filter(({ name }) => name === 'process_resident_memory_bytes')).toHaveLength(1);
  expect(t.logged).toContainEqual(expect.objectContaining({ event: 'metrics/queues', outcome: 'failed' }));
});

test('a database that hangs does not keep a scrape waiting for it', async () => {
  const blocker = new pg.Client({ connectionString: t.database.url });
  await blocker.connect();
  await blocker.query('BEGIN');
  await blocker.query('LOCK TABLE webhook_events IN ACCESS EXCLUSIVE MODE');
  expect((await readQueues()).isUp).toBe(false);
  await blocker.query('COMMIT');
  await blocker.end();
  expect((await readQueues()).isUp).toBe(true);
});

test('a scrape is one statement', async () => {
  expect(await countStatements(readQueues)).toBe(1);
});
