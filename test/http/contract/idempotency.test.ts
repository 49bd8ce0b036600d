import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { deleteExpiredKeys } from '../../../src/services/core/idempotency/delete-expired-keys.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { Answer, TestApp } from '../../support/server/app.ts';
import { daysAhead, guest, stayBody } from '../../support/hotel/build.ts';
import { hire, openDesk } from '../../support/hotel/desk.ts';
import type { Desk } from '../../support/hotel/desk.ts';
import { invalid, refusal } from '../../support/http/problems.ts';
import { dumpTables } from '../../support/database/tables.ts';

let t: TestApp;
let desk: Desk;

beforeAll(async () => {
  t = await startTestApp();
  desk = await openDesk(t, { rooms: 60 });
});
afterEach(() => t.database.travel('0 minutes'));
afterAll(() => t.close());

// Without a login, a key has at least twenty characters.
const keyed = (key: string) => ({ 'idempotency-key': key.padEnd(20, '-') });
const book = (key: string, overrides: Record<string, unknown> = {}, path = desk.hotel.path) =>
  t.call('POST', `${path}/bookings`, { body: stayBody(overrides), headers: keyed(key) });
const countBookings = async () => {
  const rows = await t.database.sql<{ count: number }>('SELECT count(*)::int AS count FROM bookings');
  return rows[0]?.count;
};

function expectReplay(repeat: Answer, first: Answer): void {
  expect(first.headers).not.toHaveProperty('idempotent-replayed');
  expect(repeat).toMatchObject({ status: first.status, headers: { 'idempotent-replayed': 'true' } });
  expect(repeat.body).toEqual(first.body);
  expect(repeat.headers['etag']).toEqual(first.headers['etag']);
}

test('the same request with the same key gets the first answer again, token included', async () => {
  const first = await book('same');
  const before = await countBookings();
  expectReplay(await book('same'), first);
  expect(first.body.guestToken).toHaveLength(43);
  expect(await countBookings()).toBe(before);
});

test('the order of members does not make it another request', async () => {
  const first = await book('order');
  const body = Object.fromEntries(Object.entries(stayBody()).reverse());
  const again = await t.call('POST', `${desk.hotel.path}/bookings`, { body, headers: keyed('order') });
  expectReplay(again, first);
});

test('a trailing slash does not make it another request', async () => {
  const first = await book('slash');
  const path = `${desk.hotel.path}/bookings/`;
  expectReplay(await t.call('POST', path, { body: stayBody(), headers: keyed('slash') }), first);
});

test('a repeat gets the first answer although the stay has been sold out by it', async () => {
  const single = await openDesk(t, { rooms: 1 });
  const first = await book('last-room', {}, single.hotel.path);
  expect(first.status).toBe(201);
  expect((await book('another', {}, single.hotel.path)).status).toBe(409);
  expectReplay(await book('last-room', {}, single.hotel.path), first);
});

test('a repeat gets the first answer although the booking has been cancelled since', async () => {
  const first = await book('cancelled-since');
  await desk.act(first.body.booking.code, 'cancel');
  expectReplay(await book('cancelled-since'), first);
});

test('a repeat gets the first answer although the property sells nothing any more', async () => {
  const closing = await openDesk(t);
  const first = await book('closing', {}, closing.hotel.path);
  await t.database.sql(`UPDATE properties SET status = 'SUSPENDED' WHERE slug = $1`, [closing.hotel.slug]);
  expectReplay(await book('closing', {}, closing.hotel.path), first);
});

test('a repeat of staff gets the first answer, with its version', async () => {
  const create = () =>
    desk.call('POST', '/bookings', { body: stayBody({ payment: 'ON_SITE' }), headers: keyed('desk') });
  const first = await create();
  expectReplay(await create(), first);
  const { code } = first.body.booking;
  const pay = () => desk.act(code, 'payments', { method: 'CASH', amount: 4_000 }, { headers: keyed('pay') });
  const paid = await pay();
  await desk.act(code, 'cancel');
  expectReplay(await pay(), paid);
  expect((await desk.call('GET', `/bookings/${String(code)}`)).body).toMatchObject({ paidAmount: 4_000 });
});

test('a repeat of a guest gets the first answer', async () => {
  const { guestToken } = await desk.book();
  const cancel = () =>
    t.call('POST', '/v1/guest/booking/cancel', { token: guestToken, body: {}, headers: keyed('guest') });
  const first = await cancel();
  expectReplay(await cancel(), first);
});

test('a repeat of a new room gets the first answer', async () => {
  const add = () => desk.call('POST', '/rooms', { body: { number: '900', roomType: 'ROOM' }, headers: keyed('room') });
  const first = await add();
  expect(first.status).toBe(201);
  expectReplay(await add(), first);
});

test('the same key with another body is 422 and does nothing', async () => {
  await book('other-body');
  const before = await dumpTables(t.database);
  expect(await book('other-body', { adults: 1 })).toMatchObject(refusal('idempotency_key_reused'));
  expect(await dumpTables(t.database)).toEqual(before);
});

test('the same key with another body is 422 also when that body would be refused', async () => {
  await book('other-refused');
  expect(await book('other-refused', { roomType: 'NOSUCH' })).toMatchObject(refusal('idempotency_key_reused'));
});

test('the same key for another booking is 422', async () => {
  const [one, other] = [await desk.confirm(), await desk.confirm()];
  expect((await desk.act(one, 'cancel', {}, { headers: keyed('cancel') })).status).toBe(200);
  const reused = await desk.act(other, 'cancel', {}, { headers: keyed('cancel') });
  expect(reused).toMatchObject(refusal('idempotency_key_reused'));
});

test('a refusal frees the key', async () => {
  expect(await book('freed', { roomType: 'NOSUCH' })).toMatchObject(refusal('not_found'));
  expect(await book('freed', { adults: 0 })).toMatchObject(invalid('adults'));
  expect(await book('freed', { adults: 9 })).toMatchObject(refusal('occupancy_exceeded'));
  const first = await book('freed');
  expect(first.status).toBe(201);
  expectReplay(await book('freed'), first);
});

test('a dry run keeps no answer', async () => {
  const headers = { ...keyed('dry'), prefer: 'dry-run' };
  await t.call('POST', `${desk.hotel.path}/bookings`, { body: stayBody(), headers });
  expect((await book('dry', { adults: 1 })).status).toBe(201);
});

test('the key of one property is not that of another', async () => {
  const other = await openDesk(t);
  const [here, there] = [await book('two-hotels'), await book('two-hotels', {}, other.hotel.path)];
  expect(there.status).toBe(201);
  expect(there.body.booking.code).not.toBe(here.body.booking.code);
});

test('the key of one member of staff is not that of another, nor that of the website', async () => {
  const colleague = await hire(t, desk.hotel.propertyId, 'OWNER');
  const create = (token: string) =>
    desk.call('POST', '/bookings', { token, body: stayBody({ payment: 'ON_SITE' }), headers: keyed('shared') });
  const codes = [await create(desk.token), await create(colleague), await book('shared')].map(
    ({ body }) => body.booking.code,
  );
  expect(new Set(codes).size).toBe(3);
});

test('one who works at two properties may use one key at each', async () => {
  const other = await openDesk(t);
  const { id } = await t.ctx.db.user.findFirstOrThrow({
    where: { memberships: { some: { propertyId: desk.hotel.propertyId } } },
  });
  await t.ctx.db.membership.create({ data: { userId: id, propertyId: other.hotel.propertyId, role: 'OWNER' } });
  const create = (path: string) =>
    t.call('POST', `${path}/bookings`, {
      token: desk.token,
      body: stayBody({ payment: 'ON_SITE' }),
      headers: keyed('both'),
    });
  expect([(await create(desk.path)).status, (await create(other.path)).status]).toEqual([201, 201]);
});

test('the key of one route is not that of another', async () => {
  const code = await desk.confirm();
  const first = await desk.act(code, 'payments', { method: 'CASH', amount: 1 }, { headers: keyed('routes') });
  const second = await desk.act(code, 'cancel', {}, { headers: keyed('routes') });
  expect([first.status, second.status]).toEqual([200, 200]);
  expect(second.headers).not.toHaveProperty('idempotent-replayed');
});

test('a key is kept for 24 hours and then forgotten', async () => {
  const first = await book('a-day');
  await t.database.travel('23 hours');
  await deleteExpiredKeys(t.ctx);
  expectReplay(await book('a-day'), first);
  await t.database.travel('25 hours');
  expect(await deleteExpiredKeys(t.ctx)).toBeGreaterThan(0);
  const later = await book('a-day');
  expect(later.status).toBe(201);
  expect(later.body.booking.code).not.toBe(first.body.booking.code);
});

test('a key that can not be one is 400', async () => {
  expect(await book('with space')).toMatchObject(invalid('Idempotency-Key'));
  expect(await book('x'.repeat(256))).toMatchObject(invalid('Idempotency-Key'));
  expect((await book('x'.repeat(255))).status).toBe(201);
});

describe('an answer with a token, asked for without a login', () => {
  const bookFrom = async (remoteAddress: string, key: string, payload = stayBody()) => {
    const url = `/api${desk.hotel.path}/bookings`;
    const answer = await t.app.inject({ method: 'POST', url, remoteAddress, payload, headers: keyed(key) });
    return { status: answer.statusCode, headers: answer.headers, body: answer.json() };
  };

  test.each([
    ['203.0.113.9', '203.0.113.77'],
    ['203.0.113.9', '::ffff:203.0.113.200'],
    ['2001:db8:0:1aa::1', '2001:db8:0:1ff::9'],
  ])('first from %s, is given again to %s', async (from, again) => {
    const key = `near ${from} ${again}`.replaceAll(' ', '-');
    const first = await bookFrom(from, key);
    expect(first.status).toBe(201);
    expectReplay(await bookFrom(again, key), first);
  });

  test.each([
    ['203.0.113.9', '203.0.114.9'],
    ['2001:db8:0:1aa::1', '2001:db8:0:2aa::1'],
    ['203.0.113.9', '2001:db8:0:1aa::1'],
  ])('first from %s, is withheld from %s, who learns no more than the code', async (from, stranger) => {
    const key = `far ${from} ${stranger}`.replaceAll(' ', '-');
    const first = await bookFrom(from, key);
    const before = await countBookings();
    const answer = await bookFrom(stranger, key);
    const { code, status } = first.body.booking;
    expect(answer).toMatchObject({ status: 409, body: { code: 'answer_withheld', bookingCode: code } });
    expect(answer.body).toMatchObject({ bookingStatus: status });
    expect(answer.headers).not.toHaveProperty('idempotent-replayed');
    expect(JSON.stringify(answer.body)).not.toContain(first.body.guestToken);
    expect(await countBookings()).toBe(before);
    expectReplay(await bookFrom(from, key), first);
  });

  test('needs a key of twenty characters, on every path that books', async () => {
    const headers = { 'idempotency-key': 'x'.repeat(19) };
    for (const path of [`${desk.hotel.path}/bookings`, `/public/hotel/${desk.hotel.slug}/bookings/`]) {
      const answer = await t.app.inject({ method: 'POST', url: `/api${path}`, headers, payload: stayBody() });
      expect(answer.statusCode).toBe(400);
      expect(answer.json()).toMatchObject({ code: 'validation_failed' });
    }
    expect(await book('y'.repeat(20))).toMatchObject({ status: 201 });
    const short = { headers: { 'idempotency-key': 'short' } };
    const body = stayBody({ payment: 'ON_SITE' });
    expect((await desk.call('POST', '/bookings', { body, ...short })).status).toBe(201);
  });
});

test('kept answers can not be read in the database', async () => {
  const someone = { ...guest, firstName: 'Xanthippe', lastName: 'Quicksilver', email: 'xanthippe@example.com' };
  const { body } = await book('sealed', { guest: someone, checkIn: daysAhead(44), checkOut: daysAhead(45) });
  const { idempotency_keys: kept } = await dumpTables(t.database);
  expect(kept).toContain('sealed');
  for (const secret of [body.guestToken, someone.firstName, someone.lastName, someone.email, body.booking.code]) {
    expect(kept).not.toContain(secret);
  }
});
