import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { CONSTRAINT_CODES } from '../../../src/db/constraints.ts';
import { cloneDatabase } from '../../support/database/database.ts';
import type { TestDatabase } from '../../support/database/database.ts';
import { buildStranger, refusalOf } from '../../support/database/rows.ts';
import type { Row, Stranger } from '../../support/database/rows.ts';

// What the database promises whoever writes to it. Every row here is written by a stranger to the application.

let database: TestDatabase;
let stranger: Stranger;

beforeAll(async () => {
  database = await cloneDatabase();
  stranger = await buildStranger(database);
});
afterAll(() => database.drop());
afterEach(() => database.sql('UPDATE room_assignments SET released_at = app_now() WHERE released_at IS NULL'));

/** What stands against changing one night of the inventory like this, when 5 of its 10 rooms are taken. */
async function changeNight(change: string): Promise<string> {
  const night = `room_type_id = '${stranger.roomTypeId}' AND night = current_date + 20`;
  await database.sql(`UPDATE inventory_nights SET total = 10, reserved = 5, out_of_order = 2 WHERE ${night}`);
  return refusalOf(database.sql(`UPDATE inventory_nights SET ${change} WHERE ${night}`));
}

const change = (table: string, id: string, set: string) =>
  refusalOf(database.sql(`UPDATE ${table} SET ${set} WHERE id = $1`, [id]));
const bookingWith = (row: Row) => refusalOf(stranger.insertBooking(row));
const stayWith = async (row: Row) => refusalOf(stranger.insertStay(await stranger.insertBooking(), row));

test.each(Object.keys(CONSTRAINT_CODES))('%s exists', async (name) => {
  const found = await database.sql(
    `SELECT conname AS name FROM pg_constraint WHERE conname = $1
     UNION SELECT indexname FROM pg_indexes WHERE schemaname = 'public' AND indexname = $1
     UNION SELECT tgname FROM pg_trigger WHERE tgname = $1`,
    [name],
  );
  expect(found).toEqual([{ name }]);
});

test.each(['reserved = 9', 'reserved = -1', 'out_of_order = 6', 'total = 6'])(
  'a night is not oversold by %s',
  async (set) => {
    expect(await changeNight(set)).toBe('room_nights_not_oversold');
  },
);

test.each(['reserved = 8', 'reserved = 0', 'out_of_order = 5', 'total = 7', 'price = 0', 'price = NULL'])(
  'a night can be changed to %s',
  async (set) => {
    expect(await changeNight(set)).toBe('accepted');
  },
);

test.each(['total = -1', 'out_of_order = -1', 'price = -1', 'min_stay = 0'])('no night has %s', async (set) => {
  expect(await changeNight(set)).toBe('inventory_nights_amounts_valid');
});

test.each([
  ['2027-05-14', '2027-05-16', 'room_assignments_no_overlap'],
  ['2027-05-15', '2027-05-16', 'room_assignments_no_overlap'],
  ['2027-05-13', '2027-05-15', 'room_assignments_no_overlap'],
  ['2027-05-01', '2027-05-31', 'room_assignments_no_overlap'],
  ['2027-05-12', '2027-05-14', 'accepted'],
  ['2027-05-16', '2027-05-17', 'accepted'],
])('where a room is assigned from the 14th to the 16th, for %s to %s the answer is %s', async (from, to, answer) => {
  await stranger.insertAssignment(await stranger.insertBooking());
  const second = { from_on: from, to_on: to };
  expect(await refusalOf(stranger.insertAssignment(await stranger.insertBooking(), second))).toBe(answer);
});

test('a released assignment stands in nobody’s way, and does not come back into somebody’s', async () => {
  const released = await stranger.insertAssignment(await stranger.insertBooking(), { released_at: '2027-01-01' });
  await stranger.insertAssignment(await stranger.insertBooking());
  const revive = database.sql('UPDATE room_assignments SET released_at = NULL WHERE id = $1', [released]);
  expect(await refusalOf(revive)).toBe('room_assignments_no_overlap');
});

test('a booking has one room at a time', async () => {
  const booking = await stranger.insertBooking();
  await stranger.insertAssignment(booking, { from_on: '2027-07-01', to_on: '2027-07-02' });
  const second = stranger.insertAssignment(booking, { from_on: '2027-07-05', to_on: '2027-07-06' });
  expect(await refusalOf(second)).toBe('room_assignments_one_live');
});

test('an assignment has at least one night', async () => {
  const empty = { from_on: '2027-08-01', to_on: '2027-08-01' };
  const assignment = stranger.insertAssignment(await stranger.insertBooking(), empty);
  expect(await refusalOf(assignment)).toBe('room_assignments_dates_valid');
});

test.each([
  [{ status: 'PENDING_PAYMENT', expires_at: null }, 'bookings_hold_has_deadline'],
  [{ status: 'CONFIRMED', expires_at: null }, 'accepted'],
  [{ total_payable: -1, deposit_due: 0 }, 'bookings_amounts_valid'],
  [{ deposit_due: -1 }, 'bookings_amounts_valid'],
  [{ total_payable: 10_000, deposit_due: 10_001 }, 'bookings_amounts_valid'],
  [{ total_payable: 10_000, deposit_due: 10_000 }, 'accepted'],
  [{ paid_amount: -1 }, 'bookings_amounts_valid'],
  [{ waived_amount: -1 }, 'bookings_amounts_valid'],
  [{ ends_at: '2027-05-14T14:00Z' }, 'bookings_dates_valid'],
  [{ ends_at: '2027-05-13T14:00Z' }, 'bookings_dates_valid'],
])('for a booking with %o the answer is %s', async (row, answer) => {
  expect(await bookingWith(row)).toBe(answer);
});

test('a hold does not lose its deadline', async () => {
  const hold = await stranger.insertBooking({ status: 'PENDING_PAYMENT' });
  expect(await change('bookings', hold, 'expires_at = NULL')).toBe('bookings_hold_has_deadline');
});

test('no two bookings have one code', async () => {
  expect(await bookingWith({ code: 'BK-2026-TWICE' })).toBe('accepted');
  expect(await bookingWith({ code: 'BK-2026-TWICE' })).toBe('bookings_code_unique');
});

test.each([
  [{ adults: 0 }, 'stays_persons_valid'],
  [{ adults: 1 }, 'accepted'],
  [{ adults: 10 }, 'accepted'],
  [{ adults: 11 }, 'stays_persons_valid'],
  [{ children: -1 }, 'stays_persons_valid'],
  [{ children: 8 }, 'accepted'],
  [{ children: 9 }, 'stays_persons_valid'],
  [{ check_out_on: '2027-05-14', held_until_on: '2027-05-14' }, 'stays_dates_valid'],
  [{ held_until_on: '2027-05-17' }, 'stays_dates_valid'],
  [{ held_until_on: '2027-05-13' }, 'stays_dates_valid'],
  [{ held_until_on: '2027-05-14' }, 'accepted'],
])('for a stay with %o the answer is %s', async (row, answer) => {
  expect(await stayWith(row)).toBe(answer);
});

/** A service, a provider and what an appointment with them is made of: from ten to eleven, unless said otherwise. */
async function buildAppointments(): Promise<(row?: Row) => Promise<string>> {
  const { propertyId } = stranger;
  const place = (code: string) => ({ id: randomUUID(), property_id: propertyId, code: `${code}-${randomUUID()}` });
  const service = await stranger.insert('services', { ...place('FACIAL'), name: 'Facial', duration_minutes: 60 });
  const provider = await stranger.insert('providers', { ...place('ANNA'), name: 'Anna' });
  return async (row = {}) =>
    stranger.insert('appointments', {
      booking_id: await stranger.insertBooking({ kind: 'APPOINTMENT' }),
      adults: 1,
      children: 0,
      service_id: service,
      provider_id: provider,
      occupied_from: '2027-05-14T10:00Z',
      occupied_until: '2027-05-14T11:00Z',
      ...row,
    });
}

test.each([
  ['10:00', '11:00', 'appointments_no_overlap'],
  ['10:59:59.999', '12:00', 'appointments_no_overlap'],
  ['09:00', '10:00:00.001', 'appointments_no_overlap'],
  ['10:20', '10:40', 'appointments_no_overlap'],
  ['09:00', '12:00', 'appointments_no_overlap'],
  ['09:00', '10:00', 'accepted'],
  ['11:00', '12:00', 'accepted'],
])('where a provider is taken from ten to eleven, for %s to %s the answer is %s', async (from, until, answer) => {
  const appoint = await buildAppointments();
  await appoint();
  const second = { occupied_from: `2027-05-14T${from}Z`, occupied_until: `2027-05-14T${until}Z` };
  expect(await refusalOf(appoint(second))).toBe(answer);
});

test('an appointment that has ended stands in nobody’s way, and does not come back into somebody’s', async () => {
  const appoint = await buildAppointments();
  const ended = await appoint({ is_live: false });
  expect(await refusalOf(appoint())).toBe('accepted');
  const revive = database.sql('UPDATE appointments SET is_live = true WHERE booking_id = $1', [ended]);
  expect(await refusalOf(revive)).toBe('appointments_no_overlap');
});

test('an appointment is not moved into another one, nor given to somebody who is busy', async () => {
  const [appoint, appointOther] = [await buildAppointments(), await buildAppointments()];
  await appoint();
  const later = { occupied_from: '2027-05-14T12:00Z', occupied_until: '2027-05-14T13:00Z' };
  const moved = await appoint(later);
  const set = (booking: string, change: string) =>
    refusalOf(database.sql(`UPDATE appointments SET ${change} WHERE booking_id = $1`, [booking]));
  expect(await set(moved, `occupied_from = '2027-05-14T10:59Z'`)).toBe('appointments_no_overlap');
  expect(await set(moved, `occupied_from = '2027-05-14T11:00Z'`)).toBe('accepted');
  const given = await appointOther();
  const provider = `(SELECT provider_id FROM appointments WHERE booking_id = '${moved}')`;
  expect(await set(given, `provider_id = ${provider}`)).toBe('appointments_no_overlap');
});

test('a booking has one appointment', async () => {
  const appoint = await buildAppointments();
  const booking = await appoint();
  const later = { occupied_from: '2027-05-15T10:00Z', occupied_until: '2027-05-15T11:00Z' };
  expect(await refusalOf(appoint({ ...later, booking_id: booking }))).toBe('appointments_pkey');
});

test.each([
  [{ adults: 0 }, 'appointments_persons_valid'],
  [{ adults: 0, children: 2 }, 'appointments_persons_valid'],
  [{ children: -1 }, 'appointments_persons_valid'],
  [{ adults: 500, children: 500 }, 'accepted'],
  [{ occupied_until: '2027-05-14T10:00Z' }, 'appointments_times_valid'],
  [{ occupied_until: '2027-05-14T09:00Z' }, 'appointments_times_valid'],
  [{ occupied_until: '2027-05-14T09:00Z', is_live: false }, 'appointments_times_valid'],
  [{ occupied_until: null }, '23502'],
  [{ provider_id: '00000000-0000-7000-8000-000000000001' }, 'appointments_provider_id_fkey'],
  [{ service_id: '00000000-0000-7000-8000-000000000001' }, 'appointments_service_id_fkey'],
])('for an appointment with %o the answer is %s', async (row, answer) => {
  const appoint = await buildAppointments();
  expect(await refusalOf(appoint(row))).toBe(answer);
});

test('who or what has appointments is not deleted', async () => {
  const appoint = await buildAppointments();
  const booking = await appoint();
  const drop = (table: string, column: string) =>
    refusalOf(
      database.sql(`DELETE FROM ${table} WHERE id = (SELECT ${column} FROM appointments WHERE booking_id = $1)`, [
        booking,
      ]),
    );
  expect(await drop('providers', 'provider_id')).toBe('appointments_provider_id_fkey');
  expect(await drop('services', 'service_id')).toBe('appointments_service_id_fkey');
});

test('a party has one primary guest and any number of companions', async () => {
  const booking = await stranger.insertBooking();
  const join = (role: string) =>
    refusalOf(stranger.insert('party_members', { booking_id: booking, role, first_name: 'A', last_name: 'B' }));
  expect(await join('PRIMARY')).toBe('accepted');
  expect(await join('PRIMARY')).toBe('party_one_primary');
  expect([await join('COMPANION'), await join('COMPANION'), await join('CHILD')]).toEqual([
    ...['accepted', 'accepted', 'accepted'],
  ]);
});

test('a customer is one per property and mailbox', async () => {
  const [known] = await database.sql<Row>('SELECT * FROM customers WHERE id = $1', [stranger.customerId]);
  const again = { ...known, id: '00000000-0000-7000-8000-000000000001' };
  expect(await refusalOf(stranger.insert('customers', again))).toBe('customers_email_unique');
});

test.each([0, -1])('no payment is of %i', async (amount) => {
  const payment = {
    id: '00000000-0000-7000-8000-000000000002',
    property_id: stranger.propertyId,
    booking_id: await stranger.insertBooking(),
    provider: 'MANUAL',
    method: 'CASH',
    stage: 'CAPTURED',
    amount,
    currency: 'EUR',
  };
  expect(await refusalOf(stranger.insert('payments', payment))).toBe('payments_amount_positive');
});

test.each([
  ['hold_minutes = 0', 'properties_hold_minutes_valid'],
  ['hold_minutes = 1', 'accepted'],
  ['hold_minutes = 60', 'accepted'],
  ['hold_minutes = 61', 'properties_hold_minutes_valid'],
  ['booking_window_days = 0', 'properties_window_valid'],
  ['booking_window_days = 730', 'accepted'],
  ['booking_window_days = 731', 'properties_window_valid'],
  ['min_notice_minutes = -1', 'properties_window_valid'],
])('for a property with %s the answer is %s', async (set, answer) => {
  expect(await change('properties', stranger.propertyId, set)).toBe(answer);
});

test.each([
  ['base_price = -1', 'room_types_amounts_valid'],
  ['discounted_price = -1', 'room_types_amounts_valid'],
  ['discounted_price = NULL', 'accepted'],
  ['base_price = -1, discounted_price = NULL', 'room_types_amounts_valid'],
  ['extra_adult_charge = -1', 'room_types_amounts_valid'],
  ['extra_child_charge = -1', 'room_types_amounts_valid'],
  ['min_stay = 0', 'room_types_amounts_valid'],
  ['base_occupancy = 0', 'room_types_amounts_valid'],
  ['max_occupancy = 1, base_occupancy = 2', 'room_types_amounts_valid'],
])('for a room type with %s the answer is %s', async (set, answer) => {
  expect(await change('room_types', stranger.roomTypeId, set)).toBe(answer);
});

test.each([
  ["out_of_order_from_on = '2027-05-14', out_of_order_to_on = '2027-05-15'", 'accepted'],
  ['out_of_order_from_on = NULL, out_of_order_to_on = NULL', 'accepted'],
  ["out_of_order_from_on = '2027-05-14', out_of_order_to_on = '2027-05-14'", 'rooms_out_of_order_dates_valid'],
  ["out_of_order_from_on = '2027-05-14', out_of_order_to_on = NULL", 'rooms_out_of_order_dates_valid'],
  ["out_of_order_from_on = NULL, out_of_order_to_on = '2027-05-14'", 'rooms_out_of_order_dates_valid'],
])('for a room with %s the answer is %s', async (set, answer) => {
  expect(await change('rooms', stranger.roomId, set)).toBe(answer);
});

test('within a property, no two room types have one code and no two rooms one number', async () => {
  const renameType = `UPDATE room_types SET code = 'SUITE' WHERE id = '${stranger.roomTypeId}'`;
  expect(await refusalOf(database.sql(renameType))).toBe('room_types_code_unique');
  const renameRoom = `UPDATE rooms SET number = '102' WHERE id = '${stranger.roomId}'`;
  expect(await refusalOf(database.sql(renameRoom))).toBe('rooms_number_unique');
});
