import { afterAll, beforeAll, expect, test } from 'vitest';
import { cloneDatabase } from '../support/database/database.ts';
import type { TestDatabase } from '../support/database/database.ts';
import { buildStranger, refusalOf } from '../support/database/rows.ts';
import type { Stranger } from '../support/database/rows.ts';

let database: TestDatabase;
let stranger: Stranger;

beforeAll(async () => {
  database = await cloneDatabase();
  stranger = await buildStranger(database);
});
afterAll(() => database.drop());

test.each([
  ['is not rewritten', "UPDATE booking_events SET reason = 'nobody saw' WHERE id = $1"],
  ['is not even written as it is', 'UPDATE booking_events SET reason = reason WHERE id = $1'],
  ['is not deleted', 'DELETE FROM booking_events WHERE id = $1'],
])('a row of the audit trail %s', async (_, statement) => {
  const event = await stranger.insertEvent(await stranger.insertBooking());
  expect(await refusalOf(database.sql(statement, [event]))).toBe('booking_events_append_only');
});

test('the audit trail is not emptied at a stroke', async () => {
  await stranger.insertEvent(await stranger.insertBooking());
  expect(await refusalOf(database.sql('TRUNCATE booking_events'))).toBe('booking_events_append_only');
});

test('a booking with an audit trail is not deleted', async () => {
  const booking = await stranger.insertBooking();
  await stranger.insertEvent(booking);
  const deletion = database.sql('DELETE FROM bookings WHERE id = $1', [booking]);
  expect(await refusalOf(deletion)).toBe('booking_events_booking_id_fkey');
});

test('an amount that changes without a word is in the history all the same, as the system', async () => {
  const booking = await stranger.insertBooking();
  await stranger.insertEvent(booking);
  await database.sql(
    'UPDATE bookings SET waived_amount = 1, fee_amount = 2, total_payable = total_payable WHERE id = $1',
    [booking],
  );
  const events = await database.sql(
    `SELECT actor_type, changes FROM booking_events WHERE booking_id = $1 AND action = 'amounts'`,
    [booking],
  );
  expect(events).toEqual([{ actor_type: 'SYSTEM', changes: { waivedAmount: [0, 1], feeAmount: [0, 2] } }]);
});

test('an amount whose change the transaction wrote down is not written down twice', async () => {
  const booking = await stranger.insertBooking();
  await stranger.insertEvent(booking);
  await database.sql(
    `WITH changed AS (UPDATE bookings SET waived_amount = 5 WHERE id = $1 RETURNING id, status)
     INSERT INTO booking_events (booking_id, actor_type, action, to_status, changes)
     SELECT id, 'STAFF', 'waiver', status, '{"waivedAmount": [0, 5]}' FROM changed`,
    [booking],
  );
  const events = await database.sql(`SELECT action FROM booking_events WHERE booking_id = $1 AND changes IS NOT NULL`, [
    booking,
  ]);
  expect(events).toEqual([{ action: 'waiver' }]);
});
