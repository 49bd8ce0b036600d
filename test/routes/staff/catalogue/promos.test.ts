import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp } from '../../../support/server/app.ts';
import type { TestApp } from '../../../support/server/app.ts';
import { daysAhead, stayBody } from '../../../support/hotel/build.ts';
import { openDesk } from '../../../support/hotel/desk.ts';
import type { Desk } from '../../../support/hotel/desk.ts';
import { invalid, refusal } from '../../../support/http/problems.ts';
import { DRY_RUN } from '../../../support/spa/spa.ts';
import { dumpTables } from '../../../support/database/tables.ts';

let t: TestApp;
let desk: Desk;
const spring = { code: 'SPRING', name: 'Spring', type: 'PERCENT', value: 1_500 };
const AS_IT_STARTS = {
  validFrom: null,
  validUntil: null,
  minAmount: 0,
  roomTypes: [],
  services: [],
  maxUses: null,
  maxUsesPerCustomer: null,
  uses: 0,
  isActive: true,
  currency: 'EUR',
  createdAt: expect.any(String),
};

beforeAll(async () => {
  t = await startTestApp();
  desk = await openDesk(t);
});
afterAll(() => t.close());

const add = (body: object, here = desk, headers: Record<string, string> = {}) =>
  here.call('POST', '/promos', { body, headers });
const change = (body: object, code = 'SPRING', here = desk) => here.call('PATCH', `/promos/${code}`, { body });
const book = (promoCode: string, here = desk, wish: object = {}) =>
  here.call('POST', '/bookings', { body: stayBody({ payment: 'ON_SITE', promoCode, ...wish }) });

test('a new promo code can be used at once, and its uses are shown', async () => {
  const answer = await add(spring);
  expect(answer).toMatchObject({ status: 201 });
  expect(answer.body).toEqual({ ...spring, ...AS_IT_STARTS });
  expect((await book('SPRING')).body.booking).toMatchObject({ price: { promoDiscount: 1_500 } });
  expect((await desk.call('GET', '/promos/SPRING')).body).toEqual({ ...answer.body, uses: 1 });
});

test('everything a promo may ask for is kept as it was said, instants in UTC', async () => {
  const asked = {
    code: 'STRICT',
    name: 'Strict',
    type: 'FIXED',
    value: 500,
    minAmount: 20_000,
    roomTypes: ['ROOM'],
    services: [],
    maxUses: 10,
    maxUsesPerCustomer: 1,
    isActive: false,
  };
  const validity = { validFrom: '2027-05-01T00:00:00+02:00', validUntil: '2027-06-01T00:00:00Z' };
  const { status, body } = await add({ ...asked, ...validity });
  expect(status).toBe(201);
  expect(body).toEqual({
    ...AS_IT_STARTS,
    ...asked,
    validFrom: '2027-04-30T22:00:00.000Z',
    validUntil: '2027-06-01T00:00:00.000Z',
  });
});

test('codes are kept in capitals, however they are written', async () => {
  expect(await add({ ...spring, code: 'hello_10' })).toMatchObject({ status: 201, body: { code: 'HELLO_10' } });
  expect(await desk.call('GET', '/promos/Hello_10')).toMatchObject({ status: 200, body: { code: 'HELLO_10' } });
  expect(await change({ name: 'Hello' }, 'hello_10')).toMatchObject({ status: 200, body: { name: 'Hello' } });
  expect(await add({ ...spring, code: 'Hello_10' })).toMatchObject(refusal('already_exists'));
});

test('promo codes are listed a page at a time, with those that are switched off', async () => {
  const here = await openDesk(t);
  for (const code of ['B', 'A']) await add({ ...spring, code }, here);
  await change({ isActive: false }, 'A', here);
  const first = await here.call('GET', '/promos?limit=1');
  expect(first.body.items).toMatchObject([{ code: 'A', isActive: false }]);
  const second = await here.call('GET', `/promos?limit=1&cursor=${first.body.nextCursor}`);
  expect(second.body).toMatchObject({ items: [{ code: 'B' }], nextCursor: null });
});

test('the public is never told which codes there are', async () => {
  const seen = await t.call('GET', desk.hotel.path);
  expect(JSON.stringify(seen.body)).not.toContain('SPRING');
});

test('what is changed is changed, and the rest stays; bookings keep what they were sold at', async () => {
  const here = await openDesk(t);
  const { body: before } = await add(spring, here);
  const { code } = (await book('SPRING', here)).body.booking;
  const changed = await change({ type: 'FIXED', value: 700, name: 'Summer' }, 'SPRING', here);
  expect(changed).toMatchObject({ status: 200 });
  expect(changed.body).toEqual({ ...before, type: 'FIXED', value: 700, name: 'Summer', uses: 1 });
  const booking = await here.call('GET', `/bookings/${code as string}`);
  expect(booking.body).toMatchObject({ promoCode: 'SPRING', price: { promoDiscount: 1_500 } });
  expect((await book('SPRING', here)).body.booking).toMatchObject({ price: { promoDiscount: 700 } });
});

test('a limit below the bookings that have the promo is 409 promo_in_use, and says how many have', async () => {
  const here = await openDesk(t, { rooms: 3 });
  await add(spring, here);
  const codes = [await book('SPRING', here), await book('SPRING', here)].map(({ body }) => body.booking.code as string);
  expect(await change({ maxUses: 1 }, 'SPRING', here)).toMatchObject(refusal('promo_in_use', { uses: 2 }));
  expect(await change({ maxUses: 2 }, 'SPRING', here)).toMatchObject({ status: 200, body: { maxUses: 2 } });
  expect(await book('SPRING', here)).toMatchObject(refusal('promo_invalid', { reason: 'USED_UP' }));
  await here.act(codes[0] ?? '', 'cancel');
  expect(await change({ maxUses: 1 }, 'SPRING', here)).toMatchObject({ status: 200, body: { uses: 1 } });
  expect(await change({ maxUses: null }, 'SPRING', here)).toMatchObject({ status: 200, body: { maxUses: null } });
  expect((await book('SPRING', here)).status).toBe(201);
});

test('a repeat of adding a promo with the same key gets the first answer again', async () => {
  const key = { 'idempotency-key': 'one-promo' };
  const first = await add({ ...spring, code: 'ONCE' }, desk, key);
  const second = await add({ ...spring, code: 'ONCE' }, desk, key);
  expect(second).toMatchObject({ status: 201, body: first.body, headers: { 'idempotent-replayed': 'true' } });
});

const LATE = { validFrom: '2027-05-02T00:00:00Z', validUntil: '2027-05-01T00:00:00Z' };
const WRONG: [object, string][] = [
  [{ code: 'with space' }, 'code'],
  [{ code: '' }, 'code'],
  [{ code: 'X'.repeat(33) }, 'code'],
  [{ name: ' ' }, 'name'],
  [{ type: 'FREE' }, 'type'],
  [{ value: 0 }, 'value'],
  [{ value: -1 }, 'value'],
  [{ value: 1.5 }, 'value'],
  [{ value: 10_001 }, 'value'],
  [{ value: undefined }, 'value'],
  [{ minAmount: -1 }, 'minAmount'],
  [{ maxUses: 0 }, 'maxUses'],
  [{ maxUsesPerCustomer: 0 }, 'maxUsesPerCustomer'],
  [{ validFrom: '2027-05-01' }, 'validFrom'],
  [{ validUntil: '9999-01-01T00:00:00Z' }, 'validUntil'],
  [LATE, 'validUntil'],
  [{ ...LATE, validFrom: LATE.validUntil }, 'validUntil'],
  [{ roomTypes: ['ROOM', 'NOSUCH'] }, 'roomTypes.1'],
  [{ roomTypes: ['ROOM', 'ROOM'] }, 'roomTypes.1'],
  [{ services: ['ROOM'] }, 'services.0'],
  [{ currency: 'USD' }, 'currency'],
  [{ uses: 3 }, 'uses'],
];

test.each(WRONG)('a new promo with %j is 400 at %s', async (parts, path) => {
  expect(await add({ ...spring, code: 'WRONG', ...parts })).toMatchObject(invalid(path));
});

test('a change is held to the same rules, together with what it leaves', async () => {
  const here = await openDesk(t);
  const dated = { ...spring, type: 'FIXED', value: 20_000, validFrom: LATE.validFrom };
  await add(dated, here);
  expect(await change({ type: 'PERCENT' }, 'SPRING', here)).toMatchObject(invalid('value'));
  expect(await change({ validUntil: LATE.validUntil }, 'SPRING', here)).toMatchObject(invalid('validUntil'));
  expect(await change({ roomTypes: ['NOSUCH'] }, 'SPRING', here)).toMatchObject(invalid('roomTypes.0'));
  expect(await change({ code: 'OTHER' }, 'SPRING', here)).toMatchObject(invalid('code'));
  expect((await here.call('GET', '/promos/SPRING')).body).toMatchObject({ type: 'FIXED', validUntil: null });
});

test('a promo that does not exist, or is another property’s, is 404', async () => {
  const elsewhere = await openDesk(t);
  await add({ ...spring, code: 'ELSEWHERE' }, elsewhere);
  for (const code of ['NOSUCH', 'ELSEWHERE']) {
    expect(await change({ value: 1 }, code)).toMatchObject(refusal('not_found'));
    expect(await desk.call('GET', `/promos/${code}`)).toMatchObject(refusal('not_found'));
  }
});

test('a dry run answers what would be, and writes nothing', async () => {
  const before = await dumpTables(t.database);
  expect(await add({ ...spring, code: 'DRY' }, desk, DRY_RUN)).toMatchObject({
    status: 201,
    headers: { 'preference-applied': 'dry-run' },
    body: { code: 'DRY' },
  });
  const changed = await desk.call('PATCH', '/promos/SPRING', { body: { value: 1 }, headers: DRY_RUN });
  expect(changed).toMatchObject({ status: 200, body: { value: 1 } });
  expect(await dumpTables(t.database)).toEqual(before);
});

test.each([
  ['POST', '/promos'],
  ['PATCH', '/promos/SPRING'],
] as const)('%s %s takes JSON, and not too much of it', async (method, path) => {
  const send = (type: string, body: string) => desk.call(method, path, { headers: { 'content-type': type }, body });
  expect(await send('text/plain', 'x')).toMatchObject(refusal('unsupported_media_type'));
  expect(await send('application/json', `"${'x'.repeat(300_000)}"`)).toMatchObject(refusal('payload_too_large'));
});

test('a promo may end in the middle of a day, to the millisecond', async () => {
  const here = await openDesk(t);
  const [{ now }] = (await t.database.sql<{ now: Date }>('SELECT app_now() AS now')) as [{ now: Date }];
  await add({ ...spring, validUntil: new Date(now.getTime() + 60_000).toISOString() }, here);
  const later = { checkIn: daysAhead(40), checkOut: daysAhead(41) };
  expect((await book('SPRING', here, later)).status).toBe(201);
  await t.database.travel('61 seconds');
  expect(await book('SPRING', here, later)).toMatchObject(refusal('promo_invalid', { reason: 'NO_LONGER_VALID' }));
  await t.database.travel('0 seconds');
});
