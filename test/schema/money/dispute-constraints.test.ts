import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cloneDatabase } from '../../support/database/database.ts';
import type { TestDatabase } from '../../support/database/database.ts';
import { buildStranger, refusalOf } from '../../support/database/rows.ts';
import type { Row, Stranger } from '../../support/database/rows.ts';

// What the database promises of disputes, whoever writes to it.

let database: TestDatabase;
let stranger: Stranger;
let row: Row;

beforeAll(async () => {
  database = await cloneDatabase();
  stranger = await buildStranger(database);
  const booking_id = await stranger.insertBooking();
  const of = { property_id: stranger.propertyId, booking_id, currency: 'EUR', amount: 10_000 };
  const payment_id = await stranger.insert('payments', {
    ...of,
    id: randomUUID(),
    provider: 'STRIPE',
    method: 'CARD',
    purpose: 'BOOKING',
    stage: 'CAPTURED',
  });
  row = { ...of, payment_id, reason: 'fraudulent' };
});
afterAll(() => database.drop());

const insert = (more: Row = {}) =>
  stranger.insert('disputes', { ...row, id: randomUUID(), gateway_dispute_id: `du_${randomUUID()}`, ...more });
const change = (id: string, set: string) => refusalOf(database.sql(`UPDATE disputes SET ${set} WHERE id = $1`, [id]));

test('a dispute of the gateway’s is there once', async () => {
  await insert({ gateway_dispute_id: 'du_once' });
  expect(await refusalOf(insert({ gateway_dispute_id: 'du_once' }))).toBe('disputes_gateway_once');
});

test.each([
  [{ amount: 0 }, 'disputes_amount_positive'],
  [{ status: 'WON' }, 'disputes_closed_when_decided'],
  [{ closed_at: '2027-01-01T00:00Z' }, 'disputes_closed_when_decided'],
  [{ status: 'LOST', closed_at: '2027-01-01T00:00Z' }, 'accepted'],
])('for a dispute with %j the answer is %s', async (more, answer) => {
  expect(await refusalOf(insert(more))).toBe(answer);
});

test.each(['WON', 'LOST'])('one that is %s stays so', async (status) => {
  const id = await insert();
  expect(await change(id, `status = '${status}', closed_at = app_now()`)).toBe('accepted');
  for (const next of [`'OPEN', closed_at = NULL`, `'WON'`, `'LOST'`]) {
    expect(await change(id, `status = ${next}`)).toBe('disputes_stay_decided');
  }
});

test.each(['amount = 1', `currency = 'USD'`, `gateway_dispute_id = 'du_other'`])(
  'an open one keeps what it is about: not %s',
  async (set) => {
    expect(await change(await insert(), set)).toBe('disputes_stay_decided');
  },
);

test('no dispute is deleted', async () => {
  const id = await insert();
  await expect(database.sql('DELETE FROM disputes WHERE id = $1', [id])).rejects.toThrow(/append-only/);
});

test('open ones are found by an index of their own', async () => {
  const rows = await database.sql(
    `SELECT 1 FROM pg_indexes WHERE indexname = 'disputes_open_index' AND indexdef LIKE '%WHERE (status = ''OPEN''%'`,
  );
  expect(rows).toHaveLength(1);
});
