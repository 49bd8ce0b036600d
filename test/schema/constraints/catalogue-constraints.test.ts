import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cloneDatabase } from '../../support/database/database.ts';
import type { TestDatabase } from '../../support/database/database.ts';
import { buildStranger, refusalOf } from '../../support/database/rows.ts';
import type { Row, Stranger } from '../../support/database/rows.ts';

// What the database promises of services, providers and zones, whoever writes to it: here a stranger to the application.

let database: TestDatabase;
let stranger: Stranger;

beforeAll(async () => {
  database = await cloneDatabase();
  stranger = await buildStranger(database);
});
afterAll(() => database.drop());

/** A service that no rule is against, changed like this. */
const serviceWith = (row: Row) =>
  refusalOf(
    stranger.insert('services', {
      id: randomUUID(),
      property_id: stranger.propertyId,
      code: randomUUID(),
      name: 'S',
      duration_minutes: 60,
      ...row,
    }),
  );

test.each([
  [{}, 'accepted'],
  [{ duration_minutes: 0 }, 'services_times_valid'],
  [{ duration_minutes: 1_440 }, 'accepted'],
  [{ duration_minutes: 1_441 }, 'services_times_valid'],
  [{ buffer_before_minutes: -1 }, 'services_times_valid'],
  [{ buffer_before_minutes: 1_441 }, 'services_times_valid'],
  [{ buffer_after_minutes: -1 }, 'services_times_valid'],
  [{ buffer_after_minutes: 1_440 }, 'accepted'],
  [{ slot_step_minutes: 0 }, 'services_times_valid'],
  [{ slot_step_minutes: 1_441 }, 'services_times_valid'],
  [{ min_notice_minutes: -1 }, 'services_times_valid'],
  [{ min_notice_minutes: 0 }, 'accepted'],
  [{ booking_window_days: 0 }, 'services_times_valid'],
  [{ booking_window_days: 730 }, 'accepted'],
  [{ booking_window_days: 731 }, 'services_times_valid'],
  [{ price: -1 }, 'services_amounts_valid'],
  [{ adult_price: -1 }, 'services_amounts_valid'],
  [{ child_price: -1 }, 'services_amounts_valid'],
  [{ minimum_total: -1 }, 'services_amounts_valid'],
  [{ max_adults: 0 }, 'services_persons_valid'],
  [{ max_children: -1 }, 'services_persons_valid'],
])('for a service with %o the answer is %s', async (row, answer) => {
  expect(await serviceWith(row)).toBe(answer);
});

test.each([
  [-1, 'zones_fee_valid'],
  [0, 'accepted'],
])('for a zone with a fee of %i the answer is %s', async (fee, answer) => {
  const zone = { id: randomUUID(), property_id: stranger.propertyId, code: randomUUID(), name: 'Z', fee };
  expect(await refusalOf(stranger.insert('zones', { ...zone, postal_codes: [] }))).toBe(answer);
});

const insertProvider = () =>
  stranger.insert('providers', {
    id: randomUUID(),
    property_id: stranger.propertyId,
    code: randomUUID(),
    name: 'P',
  });

test.each(['services', 'providers', 'zones'])('within a property, no two %s have one code', async (table) => {
  const row = { property_id: stranger.propertyId, code: 'SAME', name: 'Same' };
  const rest = { services: { duration_minutes: 60 }, providers: {}, zones: { postal_codes: [] } }[table];
  const insert = () => refusalOf(stranger.insert(table, { id: randomUUID(), ...row, ...rest }));
  expect([await insert(), await insert()]).toEqual(['accepted', `${table}_code_unique`]);
});

test.each([
  [{ from_minute: 659, to_minute: 720 }, 'provider_hours_no_overlap'],
  [{ from_minute: 540, to_minute: 601 }, 'provider_hours_no_overlap'],
  [{ from_minute: 0, to_minute: 1_440 }, 'provider_hours_no_overlap'],
  [{ from_minute: 610, to_minute: 620 }, 'provider_hours_no_overlap'],
  [{ from_minute: 660, to_minute: 720 }, 'accepted'],
  [{ from_minute: 540, to_minute: 600 }, 'accepted'],
  [{ weekday: 4, from_minute: 600, to_minute: 660 }, 'accepted'],
  [{ weekday: 0, from_minute: 0, to_minute: 60 }, 'provider_hours_valid'],
  [{ weekday: 8, from_minute: 0, to_minute: 60 }, 'provider_hours_valid'],
  [{ from_minute: -1, to_minute: 60 }, 'provider_hours_valid'],
  [{ from_minute: 60, to_minute: 60 }, 'provider_hours_valid'],
  [{ from_minute: 1_380, to_minute: 1_440 }, 'accepted'],
  [{ from_minute: 1_380, to_minute: 1_441 }, 'provider_hours_valid'],
])('where somebody works on Wednesday from 10 to 11, for hours of %o the answer is %s', async (row, answer) => {
  const provider_id = await insertProvider();
  const hours = { provider_id, weekday: 3, from_minute: 600, to_minute: 660 };
  await stranger.insert('provider_hours', hours);
  expect(await refusalOf(stranger.insert('provider_hours', { ...hours, ...row }))).toBe(answer);
});

test.each([
  [{ from_minute: 659, to_minute: 720 }, 'provider_exceptions_no_overlap'],
  [{ from_minute: 660, to_minute: 720 }, 'accepted'],
  [{ on_date: '2027-05-15' }, 'accepted'],
  [{ from_minute: null, to_minute: null }, 'accepted'],
  [{ from_minute: null }, 'provider_exceptions_valid'],
  [{ to_minute: null }, 'provider_exceptions_valid'],
  [{ from_minute: -1 }, 'provider_exceptions_valid'],
  [{ from_minute: 60, to_minute: 60 }, 'provider_exceptions_valid'],
  [{ from_minute: 700, to_minute: 1_441 }, 'provider_exceptions_valid'],
])('where somebody works on a date from 10 to 11, for an exception of %o the answer is %s', async (row, answer) => {
  const provider_id = await insertProvider();
  const exception = { provider_id, on_date: '2027-05-14', from_minute: 600, to_minute: 660 };
  await stranger.insert('provider_exceptions', exception);
  expect(await refusalOf(stranger.insert('provider_exceptions', { ...exception, ...row }))).toBe(answer);
});

test('two providers work at the same time', async () => {
  for (const provider_id of [await insertProvider(), await insertProvider()]) {
    const hours = { provider_id, weekday: 3, from_minute: 600, to_minute: 660 };
    expect(await refusalOf(stranger.insert('provider_hours', hours))).toBe('accepted');
  }
});

test.each([
  ['2027-05-14T12:00Z', 'time_off_valid'],
  ['2027-05-14T11:59Z', 'time_off_valid'],
  ['2027-05-14T12:01Z', 'accepted'],
])('for time off from noon to %s the answer is %s', async (ends_at, answer) => {
  const timeOff = { id: randomUUID(), provider_id: await insertProvider(), starts_at: '2027-05-14T12:00Z', ends_at };
  expect(await refusalOf(stranger.insert('time_off', timeOff))).toBe(answer);
});
