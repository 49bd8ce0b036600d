import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { reseal } from '../../src/services/secrets/reseal.ts';
import { startTestApp } from '../support/app.ts';
import type { TestApp } from '../support/app.ts';
import { openDesk } from '../support/desk.ts';
import type { Desk } from '../support/desk.ts';

const OLD = `old:${Buffer.alloc(32, 1).toString('base64')}`;
const NEW = `new:${Buffer.alloc(32, 2).toString('base64')}`;
const PHONE = '+353 1 555 7788';

let t: TestApp;
let desk: Desk;

beforeAll(async () => {
  t = await startTestApp({ ENCRYPTION_KEY: OLD });
  desk = await openDesk(t);
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

test('what is sealed under a key that is missing says which key that is, and is left as it is', async () => {
  withKeys(`other:${Buffer.alloc(32, 3).toString('base64')}`);
  await expect(reseal(t.ctx)).rejects.toThrow(/"new" is needed/);
  expect(await countUnder('new')).toBeGreaterThan(0);
});
