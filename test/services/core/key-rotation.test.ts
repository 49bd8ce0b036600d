import { createCipheriv, createHmac, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { normalizePhone } from '../../../src/domain/person/phone.ts';
import { readConfig } from '../../../src/config.ts';
import { reseal } from '../../../src/services/core/secrets/reseal.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { TestApp } from '../../support/server/app.ts';
import { daysAhead, stayBody } from '../../support/hotel/build.ts';
import { openDesk } from '../../support/hotel/desk.ts';
import type { Desk } from '../../support/hotel/desk.ts';

const OLD = `old:${Buffer.alloc(32, 1).toString('base64')}`;
const NEW = `new:${Buffer.alloc(32, 2).toString('base64')}`;
const PHONE = '+35315557788';

let t: TestApp;
let desk: Desk;

beforeAll(async () => {
  t = await startTestApp({ ENCRYPTION_KEY: OLD });
  desk = await openDesk(t, { rooms: 20 });
});
afterAll(() => t.close());

/** The same application with other keys. */
function withKeys(keys: string): void {
  const { ENCRYPTION_KEY } = readConfig({ NODE_ENV: 'test', ENCRYPTION_KEY: keys });
  Object.assign(t.ctx.config, { ENCRYPTION_KEY });
}

const findByPhone = async () =>
  (await desk.call('GET', `/bookings?q=${encodeURIComponent(PHONE)}`)).body.items as any[];

async function countUnder(key: string): Promise<number> {
  const [row] = await t.database.sql<{ count: string }>(
    `SELECT (SELECT count(*) FROM customers WHERE phone_sealed LIKE $1) + (SELECT count(*) FROM party_members WHERE phone_sealed LIKE $1)
       + (SELECT count(*) FROM bookings WHERE booker_sealed LIKE $1) AS count`,
    [`${key}:%`],
  );
  return Number(row?.count);
}

test('a new key seals what is new, and after a rotation the old one can be dropped', async () => {
  const guest = { firstName: 'Aoife', lastName: 'Byrne', email: 'aoife@example.com', phone: PHONE };
  const booker = { ...guest, email: 'desk@example.com', lastName: 'Quinn' };
  await desk.book({ guest, booker });
  withKeys(`${NEW},${OLD}`);
  await desk.book({ guest: { ...guest, email: 'second@example.com' } });
  expect(await findByPhone()).toHaveLength(2);
  const older = await countUnder('old');
  expect(older).toBe(3);
  expect(await reseal(t.ctx)).toBe(older);
  expect(await reseal(t.ctx)).toBe(0);
  withKeys(NEW);
  const found = await findByPhone();
  expect(found.map(({ guest: { phone } }) => phone)).toEqual([PHONE, PHONE]);
  expect(found.map((booking) => booking.booker?.lastName)).toContain('Quinn');
});

test('a customer known by telephone only stays one customer through a rotation', async () => {
  withKeys(OLD);
  const phone = '+35315557799';
  const body = stayBody({ payment: 'ON_SITE', guest: { firstName: 'Orla', phone } });
  const atDesk = async () => (await desk.call('POST', '/bookings', { body })).status;
  const customers = async () =>
    (await desk.call('GET', `/customers?phone=${encodeURIComponent(phone)}`)).body.items as { phone: string }[];
  expect(await atDesk()).toBe(201);
  withKeys(`${NEW},${OLD}`);
  expect(await atDesk()).toBe(201);
  expect(await customers()).toMatchObject([{ phone }]);
  await reseal(t.ctx);
  withKeys(NEW);
  expect(await atDesk()).toBe(201);
  expect(await customers()).toMatchObject([{ phone }]);
});

test('a repeat under a key of before gets its answer after the rotation, and another body is still another', async () => {
  withKeys(OLD);
  const headers = { 'idempotency-key': 'booked-before-the-rotation' };
  const path = `${desk.hotel.path}/bookings`;
  const body = stayBody({ checkIn: daysAhead(60), checkOut: daysAhead(61) });
  const first = await t.call('POST', path, { body, headers });
  expect(first.status).toBe(201);
  withKeys(`${NEW},${OLD}`);
  expect(await reseal(t.ctx)).toBeGreaterThan(0);
  withKeys(NEW);
  const again = await t.call('POST', path, { body, headers });
  expect(again).toMatchObject({ status: 201, headers: { 'idempotent-replayed': 'true' }, body: first.body });
  const other = await t.call('POST', path, { body: { ...body, adults: 1 }, headers });
  expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
});

test('what releases before sealed is read, found, and bound to its place by a rotation', async () => {
  withKeys(NEW);
  const email = 'older@example.com';
  const phone = '+353 1 555 9911';
  const nights = { checkIn: daysAhead(70), checkOut: daysAhead(71) };
  const { code } = await desk.book({ ...nights, guest: { firstName: 'Una', lastName: 'Older', email, phone } });
  const key = Buffer.alloc(32, 2);
  const of = {
    sealed: sealAsBefore(key, phone),
    hash: createHmac('sha256', key).update(normalizePhone(phone)).digest('base64url'),
  };
  for (const table of ['customers', 'party_members']) {
    const sql = `UPDATE ${table} SET phone_sealed = $1, phone_hash = $2 WHERE email = $3`;
    await t.database.sql(sql, [of.sealed, of.hash, email]);
  }
  const search = async () => (await desk.call('GET', `/bookings?q=${encodeURIComponent(phone)}`)).body.items as any[];
  expect((await search()).map((found) => [found.code, found.guest.phone])).toEqual([[code, phone]]);
  expect(await reseal(t.ctx)).toBe(2);
  expect((await search()).map((found) => [found.code, found.guest.phone])).toEqual([[code, phone]]);
  const rows = await t.database.sql<{ phone_sealed: string; phone_hash: string }>(
    'SELECT phone_sealed, phone_hash FROM party_members WHERE email = $1',
    [email],
  );
  expect(rows[0]?.phone_sealed).toMatch(/^new:2\./);
  expect(rows[0]?.phone_hash).not.toBe(of.hash);
});

/** Encrypts as releases before did: under the key itself, bound to no place. */
function sealAsBefore(key: Buffer, text: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return `new:${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url')}`;
}

test('what is sealed under a key that is missing says which key that is, and is left as it is', async () => {
  withKeys(`other:${Buffer.alloc(32, 3).toString('base64')}`);
  await expect(reseal(t.ctx)).rejects.toThrow(/"new" is needed/);
  expect(await countUnder('new')).toBeGreaterThan(0);
});
