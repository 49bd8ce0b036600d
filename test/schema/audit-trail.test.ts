import { afterAll, beforeAll, expect, test } from 'vitest';
import { cloneDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { buildStranger, refusalOf } from '../support/rows.ts';
import type { Stranger } from '../support/rows.ts';

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
