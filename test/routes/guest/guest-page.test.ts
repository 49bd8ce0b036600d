import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { authorize, HOUR_SECONDS, makeClocks } from '../../support/money/authorization.ts';
import { buildHotel, daysAhead, newGuest, stayBody } from '../../support/hotel/build.ts';
import { hire } from '../../support/hotel/desk.ts';
import { startPayingApp } from '../../support/sandbox/sandbox.ts';
import type { PaidHotel, PayingApp } from '../../support/sandbox/sandbox.ts';

let t: PayingApp;
let automatic: PaidHotel;
let byStaff: PaidHotel;

beforeAll(async () => {
  t = await startPayingApp({ LOG_LEVEL: 'error' });
  [automatic, byStaff] = [await t.hotelOf('AUTOMATIC', 20), await t.hotelOf('STAFF', 20)];
});
afterAll(() => t.close());

const read = async (token: string) => {
  const { status, body } = await t.call('GET', '/v1/guest/booking/page', { token });
  expect(status).toBe(200);
  return {
    ...body,
    money: Object.fromEntries(body.money.map(({ label, value }: Record<string, string>) => [label, value])),
    details: Object.fromEntries(body.details.map(({ label, value }: Record<string, string>) => [label, value])),
    actions: body.actions.map(({ action, label }: Record<string, string>) => `${String(action)}: ${String(label)}`),
  };
};
const receiptOf = async (token: string) => (await t.call('GET', '/v1/guest/booking/receipt', { token })).body;
const receiptPageOf = async (token: string) => {
  const headers = { authorization: `Bearer ${token}` };
  return (await t.app.inject({ url: '/api/v1/guest/booking/receipt.html', headers })).body;
};
const bookIn = (hotel: { path: string }, overrides: object = {}) =>
  t.bookAndOpen(hotel.path, stayBody({ guest: newGuest(), ...overrides }));
const atDesk = (hotel: PaidHotel, code: string, action: string, body: object = {}) =>
  t.call('POST', `${hotel.desk}/${code}/${action}`, { token: hotel.ownerToken, body });

test('a hold says what, when, where, what to pay, and how long', async () => {
  const { guestToken, code } = await bookIn(automatic);
  const page = await read(guestToken);
  expect(page).toMatchObject({ code, status: 'Waiting for your payment', tone: 'WAITING', refreshSeconds: 3 });
  expect(page.secondsLeft).toBeGreaterThan(0);
  expect(page.money).toEqual({ Price: '€100.00', 'To pay now': '€100.00' });
  expect(page.details).toMatchObject({ Room: 'Room, 1 night', Guests: '2 adults', Where: 'Test hotel' });
  expect(page.details.Arrival).toMatch(/^\w+day \d+ \w+ \d{4}, from \d\d:\d\d$/);
  expect(page.details.Departure).toMatch(/, by \d\d:\d\d$/);
  expect(page.actions).toEqual(['PAY: Pay €100.00 now', 'CANCEL: Cancel this booking']);
});

test('a request with money on the card says so, and asks for nothing; no receipt asks twice', async () => {
  const { guestToken, code } = await authorize(t, byStaff, { stay: stayBody({ guest: newGuest() }) });
  const page = await read(guestToken);
  expect(page).toMatchObject({
    status: 'Waiting for approval',
    note: expect.stringContaining('€100.00 is held on your card: charged when'),
  });
  expect(page.money).toEqual({ Price: '€100.00', 'Held on your card': '€100.00' });
  expect(page.actions).toEqual(['RECEIPT: Receipt', 'CANCEL: Withdraw this request']);
  expect(await receiptOf(guestToken)).toMatchObject({ paid: 0, balanceDue: 10_000, held: 10_000 });
  const receipt = await receiptPageOf(guestToken);
  expect(receipt).toContain('held, not charged yet, card');
  expect(receipt).toMatch(/Still to pay<\/td><td>0\.00 EUR/);
  await atDesk(byStaff, code, 'decline', { reasonCode: 'NO_CAPACITY' });
  await t.settle();
  expect(await read(guestToken)).toMatchObject({
    status: 'Declined',
    note: 'Test hotel could not accept your request. Nothing was charged.',
    money: { Price: '€100.00' },
    actions: [],
  });
});

test('a dearer move says until when it is kept, and what it costs', async () => {
  const { guestToken, url } = await bookIn(automatic, { checkIn: daysAhead(40), checkOut: daysAhead(41) });
  await t.payOn(url);
  await t.reaches(guestToken, { status: 'CONFIRMED' });
  const body = { checkIn: daysAhead(40), checkOut: daysAhead(43) };
  expect((await t.call('POST', '/v1/guest/booking/reschedule', { token: guestToken, body })).status).toBe(200);
  const page = await read(guestToken);
  expect(page.note).toMatch(/^Your move is kept until .*\d\d:\d\d\. Pay the difference of €200\.00 by then/);
  expect(page.secondsLeft).toBeGreaterThan(0);
  expect(page.money).toEqual({ Price: '€300.00', Paid: '€100.00', 'To pay now': '€200.00' });
});

test('a refund is mentioned, under way and done', async () => {
  const { guestToken, url } = await bookIn(automatic, { checkIn: daysAhead(50), checkOut: daysAhead(51) });
  await t.payOn(url);
  await t.reaches(guestToken, { status: 'CONFIRMED' });
  await t.call('POST', '/v1/guest/booking/cancel', { token: guestToken, body: {} });
  await t.reaches(guestToken, { status: 'CANCELLED', paymentStage: 'REFUNDED' });
  const page = await read(guestToken);
  expect(page).toMatchObject({ status: 'Cancelled', note: '€100.00 was refunded.', refreshSeconds: null });
  expect(page.money).toEqual({ Price: '€100.00', Paid: '€100.00', Refunded: '€100.00' });
  expect(page.actions).toEqual(['RECEIPT: Receipt']);
});

test('a token is asked for, and one that may only look gets no buttons', async () => {
  expect((await t.call('GET', '/v1/guest/booking/page')).status).toBe(401);
  const { guestToken, code } = await bookIn(automatic, { checkIn: daysAhead(55), checkOut: daysAhead(56) });
  await t.database.sql(
    `UPDATE guest_tokens SET capabilities = '{VIEW}' WHERE booking_id = (SELECT id FROM bookings WHERE code = $1 AND property_id = $2)`,
    [code, automatic.propertyId],
  );
  expect((await read(guestToken)).actions).toEqual([]);
});

test('page and receipt run nothing but the page’s own files, and are as new as the server', async () => {
  const page = await t.app.inject({ url: '/manage' });
  const policy = String(page.headers['content-security-policy']);
  expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self' 'sha256-[\w+/=]+';/);
  expect(policy).not.toContain('unsafe');
  expect(page.body).not.toMatch(/<script>|<style|style=|https?:/);
  expect(page.headers['cache-control']).toBe('no-cache');
  for (const [path, type] of [
    ['/manage', 'text/html'],
    ['/manage.css', 'text/css'],
    ['/manage.js', 'text/javascript'],
  ] as const) {
    const { statusCode, headers } = await t.app.inject({ url: path });
    expect([statusCode, String(headers['content-type'])]).toEqual([200, `${type}; charset=utf-8`]);
    const again = await t.app.inject({ url: path, headers: { 'if-none-match': String(headers.etag) } });
    expect([again.statusCode, again.body]).toEqual([304, '']);
  }

  const { guestToken } = await bookIn(automatic, { checkIn: daysAhead(56), checkOut: daysAhead(57) });
  const authorization = `Bearer ${guestToken}`;
  const receipt = await t.app.inject({ url: '/api/v1/guest/booking/receipt.html', headers: { authorization } });
  const style = /<style>([^<]*)<\/style>/.exec(receipt.body)?.[1] ?? '';
  const source = `'sha256-${createHash('sha256').update(style).digest('base64')}'`;
  expect(receipt.headers).toMatchObject({
    'cache-control': 'private, no-store',
    'content-security-policy': expect.stringMatching(/^default-src 'none'; style-src 'sha256-/),
  });
  expect(String(receipt.headers['content-security-policy'])).toContain(source);
  // The page opens the receipt in a window, which inherits the page's policy.
  expect(policy).toContain(source);
});

// The clocks go ahead from here on.

test('a deposit is what is to be paid now, and the rest is due later, then a balance that can be paid', async () => {
  const hotel = await buildHotel(t.ctx, {
    rooms: 5,
    property: { approval: 'AUTOMATIC', paymentPolicy: 'DEPOSIT', depositPolicy: { type: 'PERCENT', value: 3_000 } },
  });
  const { guestToken, url, code } = await bookIn(hotel, { checkIn: daysAhead(20), checkOut: daysAhead(21) });
  expect((await read(guestToken)).money).toEqual({
    Price: '€100.00',
    'To pay now': '€30.00',
    'Due later': '€70.00',
  });
  await t.payOn(url);
  await t.reaches(guestToken, { status: 'CONFIRMED' });
  const page = await read(guestToken);
  expect(page.money).toEqual({ Price: '€100.00', Paid: '€30.00', 'Still to pay': '€70.00' });
  expect(page.actions).toEqual(['PAY: Pay the balance of €70.00', 'RECEIPT: Receipt', 'CANCEL: Cancel this booking']);
  const session = await t.call('POST', '/v1/guest/booking/payment-session', {
    token: guestToken,
    body: { purpose: 'BALANCE' },
  });
  expect(session).toMatchObject({ status: 200, body: { url: expect.any(String) } });

  // Nobody comes: the deposit is kept, and the policy claims nothing beyond it.
  const token = await hire(t, hotel.propertyId, 'OWNER');
  await t.database.travel('21 days');
  const noShow = await t.call('POST', `/v1/staff/properties/${hotel.slug}/bookings/${code}/no-show`, {
    token,
    body: {},
  });
  expect(noShow).toMatchObject({ status: 200, body: { status: 'NO_SHOW', feeAmount: 3_000, balanceDue: 0 } });
  const receipt = await receiptOf(guestToken);
  expect(receipt).toMatchObject({ status: 'NO_SHOW', paid: 3_000, fee: 3_000, balanceDue: 0, held: 0 });
  const printed = await receiptPageOf(guestToken);
  expect(printed).toMatch(/Kept for the missed booking<\/td><td>30\.00 EUR/);
  expect(printed).toMatch(/Still to pay<\/td><td>0\.00 EUR/);
  const ended = await read(guestToken);
  expect(ended).toMatchObject({ status: 'Missed', note: expect.stringContaining('Nothing more is due') });
  expect(ended.money).toEqual({ Price: '€100.00', Paid: '€30.00', 'Kept for the missed booking': '€30.00' });
  expect(ended.actions).toEqual(['RECEIPT: Receipt']);
  const cash = await t.call('POST', `/v1/staff/properties/${hotel.slug}/bookings/${code}/payments`, {
    token,
    body: { method: 'CASH', amount: 7_000 },
  });
  expect(cash).toMatchObject({ status: 409, body: { code: 'invalid_transition' } });
  await t.database.travel('0');
});

test('a request whose authorization has lapsed can be paid again', async () => {
  const clocks = makeClocks(t);
  const stay = stayBody({ guest: newGuest(), checkIn: daysAhead(60), checkOut: daysAhead(61) });
  const { guestToken } = await authorize(t, byStaff, { captureWindowSeconds: HOUR_SECONDS, stay });
  // The property's setting is for bookings made from now on.
  await t.database.sql('UPDATE properties SET hold_minutes = 45 WHERE id = $1', [byStaff.propertyId]);
  await clocks.pass(2 * HOUR_SECONDS);
  await t.reaches(guestToken, { paymentStage: 'LAPSED' });
  const page = await read(guestToken);
  expect(page).toMatchObject({ status: 'Please pay again', note: expect.stringContaining('nothing was charged') });
  expect(page.money).toEqual({ Price: '€100.00', 'To pay now': '€100.00' });
  expect(page.actions).toContain('PAY: Pay again: €100.00');
  expect(page.secondsLeft).toBeGreaterThan(0);
  expect(page.secondsLeft).toBeLessThanOrEqual(30 * 60);
});
