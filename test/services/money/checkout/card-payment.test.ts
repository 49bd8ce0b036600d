import { afterAll, beforeAll, expect, test } from 'vitest';
import { expireHolds } from '../../../../src/services/selling/hold/expire-holds.ts';
import { travelTo } from '../../../support/database/clock.ts';
import { findViolations } from '../../../support/database/invariants.ts';
import { daysAhead, stayBody } from '../../../support/hotel/build.ts';
import { startPayingApp } from '../../../support/sandbox/sandbox.ts';
import type { PayingApp } from '../../../support/sandbox/sandbox.ts';

let t: PayingApp;
let token: string;

beforeAll(async () => {
  t = await startPayingApp();
  token = await t.tokenFor('owner@harbour-hotel.example');
});
afterAll(() => t.close());

test('where the property approves by itself, a paid hold is captured and confirmed', async () => {
  const hotel = await t.hotelOf('AUTOMATIC');
  const { url, guestToken, code } = await t.bookAndOpen(hotel.path, stayBody());
  await t.payOn(url);
  await t.reaches(guestToken, { status: 'CONFIRMED', paymentStage: 'CAPTURED', balanceDue: 0 });
  const detail = await t.call('GET', `${hotel.desk}/${code}`, { token });
  expect(detail.body).toMatchObject({
    paymentProvider: 'STRIPE',
    payments: [{ stage: 'CAPTURED', method: 'CARD', reference: expect.stringMatching(/^pi_…\w{4}$/) }],
  });
});

test('where staff approve, a paid hold waits for them; approving captures', async () => {
  const hotel = await t.hotelOf('STAFF');
  const { url, guestToken, code } = await t.bookAndOpen(hotel.path, stayBody());
  await t.payOn(url);
  await t.reaches(guestToken, { status: 'PENDING_APPROVAL', paymentStage: 'AUTHORIZED', paidAmount: 0 });
  const approved = await t.call('POST', `${hotel.desk}/${code}/approve`, { token });
  expect(approved).toMatchObject({
    status: 200,
    body: { status: 'CONFIRMED', paymentStage: 'CAPTURED', balanceDue: 0 },
  });
});

test('declining voids the authorization', async () => {
  const hotel = await t.hotelOf('STAFF');
  const { url, guestToken, code } = await t.bookAndOpen(hotel.path, stayBody());
  await t.payOn(url);
  await t.reaches(guestToken, { status: 'PENDING_APPROVAL' });
  const declined = await t.call('POST', `${hotel.desk}/${code}/decline`, {
    token,
    body: { reasonCode: 'NO_CAPACITY', note: 'Sorry' },
  });
  expect(declined).toMatchObject({
    status: 200,
    body: { status: 'DECLINED', paymentStage: 'VOIDED', declineReasonCode: 'NO_CAPACITY', declineReasonNote: 'Sorry' },
  });
});

test('cancelling before capture voids, and after capture refunds in full', async () => {
  const hotel = await t.hotelOf('STAFF');
  const before = await t.bookAndOpen(hotel.path, stayBody());
  await t.payOn(before.url);
  await t.reaches(before.guestToken, { status: 'PENDING_APPROVAL' });
  expect(await t.call('POST', '/v1/guest/booking/cancel', { token: before.guestToken })).toMatchObject({
    status: 200,
    body: { status: 'CANCELLED', paymentStage: 'VOIDED' },
  });

  const after = await t.bookAndOpen(hotel.path, stayBody());
  await t.payOn(after.url);
  await t.reaches(after.guestToken, { status: 'PENDING_APPROVAL' });
  await t.call('POST', `${hotel.desk}/${after.code}/approve`, { token });
  expect(await t.call('POST', '/v1/guest/booking/cancel', { token: after.guestToken })).toMatchObject({
    status: 200,
    body: { status: 'CANCELLED', paymentStage: 'REFUNDED', paidAmount: 0 },
  });
});

test('a declined card leaves the page open, and another card pays', async () => {
  const hotel = await t.hotelOf('AUTOMATIC');
  const { url, guestToken } = await t.bookAndOpen(hotel.path, stayBody());
  await t.payOn(url, 'declined');
  await t.settle();
  await t.reaches(guestToken, { status: 'PENDING_PAYMENT' });
  await t.payOn(url);
  await t.reaches(guestToken, { status: 'CONFIRMED' });
});

test('the same open page is answered again', async () => {
  const hotel = await t.hotelOf('AUTOMATIC');
  const { url, guestToken, code } = await t.bookAndOpen(hotel.path, stayBody());
  const again = await t.call('POST', '/v1/guest/booking/payment-session', { token: guestToken });
  expect(again).toMatchObject({ status: 200, body: { url, stage: 'SESSION_CREATED' } });
  const byPath = await t.call('POST', `${hotel.path}/bookings/${code}/payment-session`, { token: guestToken });
  expect(byPath.body).toEqual(again.body);
});

test('a hold that ends closes its page; a payment that comes all the same revives the booking while its nights are free', async () => {
  const hotel = await t.hotelOf('AUTOMATIC', 1);
  const { url, guestToken } = await t.bookAndOpen(hotel.path, stayBody());
  await t.control('POST', '/delivery', { paused: true });
  await t.payOn(url);
  await t.database.travel('11 minutes');
  await expireHolds(t.ctx);
  await t.reaches(guestToken, { status: 'CONFIRMED', paymentStage: 'CAPTURED' });
  await t.control('POST', '/delivery', { paused: false });
  await t.database.travel('0');
});

test('a late payment revives a stay that has begun, while its night is under way', async () => {
  const hotel = await t.hotelOf('AUTOMATIC', 1);
  const nights = { checkIn: daysAhead(1), checkOut: daysAhead(2) };
  const { url, guestToken } = await t.bookAndOpen(hotel.path, stayBody(nights));
  await t.control('POST', '/delivery', { paused: true });
  await t.payOn(url);
  await travelTo(t.database, `${nights.checkOut}T00:03:00Z`);
  await expireHolds(t.ctx);
  await t.reaches(guestToken, { status: 'CONFIRMED', paymentStage: 'CAPTURED' });
  await t.control('POST', '/delivery', { paused: false });
  await t.database.travel('0');
});

test('a late payment for a stay that has ended is voided', async () => {
  const hotel = await t.hotelOf('AUTOMATIC', 1);
  const nights = { checkIn: daysAhead(1), checkOut: daysAhead(2) };
  const { url, guestToken, code } = await t.bookAndOpen(hotel.path, stayBody(nights));
  await t.control('POST', '/delivery', { paused: true });
  await t.payOn(url);
  await travelTo(t.database, `${nights.checkOut}T12:00:00Z`);
  await expireHolds(t.ctx);
  await t.control('POST', '/delivery', { paused: false });
  await t.reachesAtDesk(hotel, code, { payments: [{ stage: 'VOIDED' }] });
  await t.reaches(guestToken, { status: 'EXPIRED' });
  await t.database.travel('0');
});

test('a payment that comes when the nights are sold is voided, and the guest keeps the money', async () => {
  const hotel = await t.hotelOf('AUTOMATIC', 1);
  const { url, guestToken, code } = await t.bookAndOpen(hotel.path, stayBody());
  await t.control('POST', '/delivery', { paused: true });
  await t.payOn(url);
  await t.database.travel('11 minutes');
  expect((await t.call('POST', `${hotel.path}/bookings`, { body: stayBody() })).status).toBe(201);
  await t.control('POST', '/delivery', { paused: false });
  await t.reaches(guestToken, { status: 'EXPIRED' });
  await t.reachesAtDesk(hotel, code, { payments: [{ stage: 'VOIDED' }] });
  await t.database.travel('0');
});

test('after all of it, nothing that must never be is there', async () => {
  expect(await findViolations(t.ctx)).toEqual([]);
});
