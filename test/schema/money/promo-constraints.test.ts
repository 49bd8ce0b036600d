import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cloneDatabase } from '../../support/database/database.ts';
import type { TestDatabase } from '../../support/database/database.ts';
import { buildStranger, refusalOf } from '../../support/database/rows.ts';
import type { Row, Stranger } from '../../support/database/rows.ts';

// What the database promises of promos whoever writes to it.

let database: TestDatabase;
let stranger: Stranger;

beforeAll(async () => {
  database = await cloneDatabase();
  stranger = await buildStranger(database);
});
afterAll(() => database.drop());

const insertPromo = (row: Row = {}) =>
  stranger.insert('promos', {
    id: randomUUID(),
    property_id: stranger.propertyId,
    code: `P${randomUUID().toUpperCase()}`,
    name: 'Promo',
    type: 'FIXED',
    value: 500,
    ...row,
  });
const use = async (promoId: string, row: Row = {}) => {
  const bookingId = await stranger.insertBooking();
  const owned = { booking_id: bookingId, promo_id: promoId, customer_id: stranger.customerId };
  return stranger.insert('promo_uses', { ...owned, type: 'FIXED', value: 500, ...row });
};
const anybody = () =>
  stranger.insert('customers', {
    id: randomUUID(),
    property_id: stranger.propertyId,
    email_normalized: `${randomUUID()}@example.com`,
    first_name: 'Any',
    last_name: 'Body',
    email: 'any@example.com',
  });
const usesOf = async (promoId: string) =>
  (await database.sql<{ uses: number }>('SELECT uses FROM promos WHERE id = $1', [promoId]))[0]?.uses;
const setFreed = (bookingId: string, at: 'app_now()' | 'NULL') =>
  refusalOf(database.sql(`UPDATE promo_uses SET freed_at = ${at} WHERE booking_id = $1`, [bookingId]));

test.each([
  [{ code: 'small' }, 'promos_code_in_capitals'],
  [{ code: '' }, 'promos_code_in_capitals'],
  [{ value: 0 }, 'promos_value_valid'],
  [{ type: 'PERCENT', value: 10_001 }, 'promos_value_valid'],
  [{ type: 'PERCENT', value: 10_000 }, 'accepted'],
  [{ min_amount: -1 }, 'promos_value_valid'],
  [{ max_uses: 0 }, 'promos_limits_valid'],
  [{ max_uses_per_customer: 0 }, 'promos_limits_valid'],
  [{ uses: -1 }, 'promos_uses_within_limit'],
  [{ uses: 2, max_uses: 1 }, 'promos_uses_within_limit'],
  [{ valid_from: '2027-05-02', valid_until: '2027-05-02' }, 'promos_validity_ordered'],
  [{ valid_from: '2027-05-02' }, 'accepted'],
])('of a promo with %j the database says %s', async (row, answer) => {
  expect(await refusalOf(insertPromo(row))).toBe(answer);
});

test('no two promos of a property have one code', async () => {
  await insertPromo({ code: 'TWICE' });
  expect(await refusalOf(insertPromo({ code: 'TWICE' }))).toBe('promos_code_unique');
});

test('uses are counted where they are written, freed and taken again', async () => {
  const promoId = await insertPromo();
  const bookings = [await use(promoId), await use(promoId)];
  expect(await usesOf(promoId)).toBe(2);
  for (const at of ['app_now()', 'app_now()'] as const) expect(await setFreed(bookings[0] ?? '', at)).toBe('accepted');
  expect(await usesOf(promoId)).toBe(1);
  expect(await setFreed(bookings[0] ?? '', 'NULL')).toBe('accepted');
  expect(await usesOf(promoId)).toBe(2);
});

test('a promo is not used more often than it may be, new or again', async () => {
  const promoId = await insertPromo({ max_uses: 1 });
  const first = await use(promoId);
  expect(await refusalOf(use(promoId))).toBe('promos_uses_within_limit');
  await setFreed(first, 'app_now()');
  await use(promoId);
  expect(await setFreed(first, 'NULL')).toBe('promos_uses_within_limit');
  expect(await usesOf(promoId)).toBe(1);
});

test('nor more often by one customer than one may', async () => {
  const promoId = await insertPromo({ max_uses_per_customer: 1 });
  const first = await use(promoId);
  expect(await refusalOf(use(promoId))).toBe('promo_uses_within_customer_limit');
  expect(await refusalOf(use(promoId, { customer_id: await anybody() }))).toBe('accepted');
  await setFreed(first, 'app_now()');
  await use(promoId);
  expect(await setFreed(first, 'NULL')).toBe('promo_uses_within_customer_limit');
  expect(await usesOf(promoId)).toBe(2);
});

test('of uses written at the same moment, no more stand than may', async () => {
  const limited = await insertPromo({ max_uses: 3 });
  const personal = await insertPromo({ max_uses_per_customer: 2 });
  const answers = (promoId: string) => Promise.all(Array.from({ length: 12 }, () => refusalOf(use(promoId))));
  const accepted = (all: string[]) => all.filter((answer) => answer === 'accepted').length;
  expect(accepted(await answers(limited))).toBe(3);
  expect(accepted(await answers(personal))).toBe(2);
});

test.each([
  ['value = 1', 'promo_uses_counted'],
  [`type = 'PERCENT'`, 'promo_uses_counted'],
  [`customer_id = gen_random_uuid()`, 'promo_uses_counted'],
  [`promo_id = gen_random_uuid()`, 'promo_uses_counted'],
  ['created_at = app_now()', 'accepted'],
])('a use stays what it was sold as: %s is %s', async (set, answer) => {
  const bookingId = await use(await insertPromo());
  const changed = refusalOf(database.sql(`UPDATE promo_uses SET ${set} WHERE booking_id = $1`, [bookingId]));
  expect(await changed).toBe(answer);
});

test('a booking has one promo at most, and no use is ever deleted', async () => {
  const bookingId = await use(await insertPromo());
  const second = use(await insertPromo(), { booking_id: bookingId });
  expect(await refusalOf(second)).toBe('promo_uses_pkey');
  const deleted = database.sql('DELETE FROM promo_uses WHERE booking_id = $1', [bookingId]);
  expect(await refusalOf(deleted)).not.toBe('accepted');
});
