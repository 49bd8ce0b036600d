import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { expireHolds } from '../../../src/services/selling/hold/expire-holds.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { TestApp } from '../../support/server/app.ts';
import { daysAhead } from '../../support/hotel/build.ts';
import { travelToNoon } from '../../support/database/clock.ts';
import { nightOf, openDesk } from '../../support/hotel/desk.ts';
import type { Desk } from '../../support/hotel/desk.ts';
import { invalid, refusal } from '../../support/http/problems.ts';
import { dumpTables } from '../../support/database/tables.ts';

let t: TestApp;
let desk: Desk;

beforeAll(async () => {
  t = await startTestApp();
  desk = await openDesk(t, { rooms: 20 });
});
afterEach(() => t.database.travel('0 minutes'));
afterAll(() => t.close());

const look = (token?: string) => t.call('GET', '/v1/guest/booking', { ...(token && { token }) });
const cancel = (token: string, body: object = {}, headers: Record<string, string> = {}) =>
  t.call('POST', '/v1/guest/booking/cancel', { token, body, headers });

test('a guest sees the booking behind the link, with the countdown of its hold', async () => {
  const { code, guestToken } = await desk.book();
  await t.database.travel('4 minutes');
  const answer = await look(guestToken);
  expect(answer).toMatchObject({ status: 200, body: { code, status: 'PENDING_PAYMENT' } });
  expect(answer.body.reservationSecondsLeft).toBeGreaterThan(0);
  expect(answer.body.reservationSecondsLeft).toBeLessThanOrEqual(360);
});

test('a countdown that has ended is zero, never below', async () => {
  const { guestToken } = await desk.book();
  await t.database.travel('11 minutes');
  expect((await look(guestToken)).body).toMatchObject({ status: 'PENDING_PAYMENT', reservationSecondsLeft: 0 });
});

test('a guest does not see what is between the staff', async () => {
  const { guestToken } = await desk.book();
  const { body } = await look(guestToken);
  const staffOnly = ['id', 'payments', 'decisionBy', 'declineReasonNote', 'assignmentVersion', 'waivedAmount'];
  for (const member of staffOnly) expect(body).not.toHaveProperty(member);
});

test('a link opens its own booking and no other', async () => {
  const [mine, yours] = [await desk.book(), await desk.book()];
  expect((await look(mine.guestToken)).body.code).toBe(mine.code);
  expect((await look(yours.guestToken)).body.code).toBe(yours.code);
});

test('without a token, with one nobody made, or with one half sent, the guest is 401', async () => {
  const { guestToken } = await desk.book();
  for (const token of [undefined, 'A'.repeat(43), guestToken.slice(0, -1), desk.token]) {
    const answer = await look(token);
    expect(answer).toMatchObject(refusal('unauthorized'));
    expect(answer.headers['www-authenticate']).toBe('Bearer');
  }
});

test('a link that was revoked opens nothing', async () => {
  const { code, guestToken } = await desk.book();
  await t.database.sql(
    `UPDATE guest_tokens SET revoked_at = app_now() WHERE booking_id = (SELECT id FROM bookings WHERE code = $1)`,
    [code],
  );
  expect(await look(guestToken)).toMatchObject(refusal('unauthorized'));
});

test('a link ends a month after the stay', async () => {
  const { guestToken } = await desk.book();
  await t.database.travel('59 days');
  expect((await look(guestToken)).status).toBe(200);
  await t.database.travel('62 days');
  expect(await look(guestToken)).toMatchObject(refusal('unauthorized'));
});

test('a link that may only look may not cancel', async () => {
  const { code, guestToken } = await desk.book();
  await t.database.sql(
    `UPDATE guest_tokens SET capabilities = '{VIEW}' WHERE booking_id = (SELECT id FROM bookings WHERE code = $1)`,
    [code],
  );
  expect((await look(guestToken)).status).toBe(200);
  expect(await cancel(guestToken)).toMatchObject(refusal('forbidden'));
});

test('a guest cancels, and the night is free again', async () => {
  const night = { checkIn: daysAhead(33), checkOut: daysAhead(34) };
  const { code, guestToken } = await desk.book(night);
  expect(await nightOf(desk, night.checkIn)).toMatchObject({ reserved: 1 });
  expect(await cancel(guestToken, { reason: 'Plans changed' })).toMatchObject({
    status: 200,
    body: { code, status: 'CANCELLED', version: 2, expiresAt: null, reservationSecondsLeft: null },
  });
  expect(await nightOf(desk, night.checkIn)).toMatchObject({ reserved: 0 });
  const history = await desk.call('GET', `/bookings/${code}/history`);
  expect(history.body.items.at(-1)).toMatchObject({
    actor: { type: 'GUEST' },
    action: 'cancel',
    from: 'PENDING_PAYMENT',
    to: 'CANCELLED',
    reason: 'Plans changed',
  });
});

test('cancelling twice answers the booking unchanged and emits nothing', async () => {
  const { guestToken } = await desk.book();
  const first = await cancel(guestToken);
  const before = await dumpTables(t.database);
  const second = await cancel(guestToken, { reason: 'Really' });
  expect(second).toMatchObject({ status: 200, body: first.body });
  expect(await dumpTables(t.database)).toEqual(before);
});

test('a guest who is in the house can not cancel; the refusal names what is allowed', async () => {
  const single = await openDesk(t, { rooms: 1, property: { paymentPolicy: 'NONE' } });
  const { code, guestToken } = await single.book({ checkIn: daysAhead(10), checkOut: daysAhead(12) });
  await travelToNoon(t.database, daysAhead(10));
  await single.act(code, 'assign-room', { room: '101' });
  expect((await single.act(code, 'check-in')).body.status).toBe('IN_HOUSE');
  const refused = refusal('invalid_transition', { action: 'cancel', allowed: [] });
  expect(await cancel(guestToken)).toMatchObject(refused);
});

test.each(['DECLINED', 'EXPIRED', 'NO_SHOW'] as const)('a booking that is %s can not be cancelled', async (status) => {
  const staffed = await openDesk(t, {
    property: { paymentPolicy: status === 'EXPIRED' ? 'FULL' : 'NONE', approval: 'STAFF' },
  });
  const { code, guestToken } = await staffed.book({ checkIn: daysAhead(1), checkOut: daysAhead(2) });
  if (status === 'DECLINED') await staffed.act(code, 'decline', { reasonCode: 'NO_CAPACITY' });
  if (status === 'NO_SHOW') {
    await staffed.act(code, 'approve');
    await t.database.travel('3 days');
    await staffed.act(code, 'no-show');
  }
  if (status === 'EXPIRED') {
    await t.database.travel('11 minutes');
    await expireHolds(t.ctx);
  }
  expect(await cancel(guestToken)).toMatchObject(refusal('invalid_transition'));
});

test('a dry run of cancelling writes nothing', async () => {
  const { guestToken } = await desk.book();
  const before = await dumpTables(t.database);
  expect(await cancel(guestToken, {}, { prefer: 'dry-run' })).toMatchObject({
    status: 200,
    headers: { 'preference-applied': 'dry-run' },
    body: { status: 'CANCELLED' },
  });
  expect(await dumpTables(t.database)).toEqual(before);
});

test('a reason that is no text, or an unknown member, is 400 at its path', async () => {
  const { guestToken } = await desk.book();
  expect(await cancel(guestToken, { reason: 7 })).toMatchObject(invalid('reason'));
  expect(await cancel(guestToken, { refundTo: 'ME' })).toMatchObject(invalid('refundTo'));
  const odd = { token: guestToken, headers: { 'content-type': 'text/plain' }, body: 'please' };
  expect(await t.call('POST', '/v1/guest/booking/cancel', odd)).toMatchObject(refusal('unsupported_media_type'));
});

test('the page behind the link is served with its script and style', async () => {
  for (const [path, type] of [
    ['/manage', 'text/html'],
    ['/manage.css', 'text/css'],
    ['/manage.js', 'text/javascript'],
  ] as const) {
    const answer = await t.call('GET', path);
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toContain(type);
    expect(answer.headers['content-security-policy']).toContain("script-src 'self'");
  }
});
