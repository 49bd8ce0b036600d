import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { findViolations } from '../../../support/database/invariants.ts';
import { daysAhead, stayBody } from '../../../support/hotel/build.ts';
import { startPayingApp } from '../../../support/sandbox/sandbox.ts';
import type { PaidHotel, PayingApp } from '../../../support/sandbox/sandbox.ts';

let t: PayingApp;
let hotel: PaidHotel;

beforeAll(async () => {
  t = await startPayingApp();
  hotel = await t.hotelOf('STAFF', 50);
});
afterEach(async () => {
  await t.control('DELETE', '/faults');
  expect(await findViolations(t.ctx)).toEqual([]);
});
afterAll(() => t.close());

const act = (code: string, action: string, body: object = {}) =>
  t.call('POST', `${hotel.desk}/${code}/${action}`, { token: hotel.ownerToken, body });

async function authorize(): Promise<{ code: string; guestToken: string }> {
  const { code, guestToken, url } = await t.bookAndOpen(hotel.path, stayBody());
  await t.payOn(url);
  await t.reaches(guestToken, { status: 'PENDING_APPROVAL' });
  return { code, guestToken };
}

test('cash is not taken beside a card that is authorized', async () => {
  const { code } = await authorize();
  expect(await act(code, 'payments', { method: 'CASH', amount: 10_000 })).toMatchObject({
    status: 409,
    body: { code: 'payment_in_progress' },
  });
  expect(await act(code, 'approve')).toMatchObject({ status: 200, body: { paidAmount: 10_000 } });
});

test('a capture that the gateway refuses is given back, and the booking can not be approved unpaid', async () => {
  const { code } = await authorize();
  await t.control('POST', '/faults', {
    method: 'POST',
    path: '/capture$',
    kind: 'error_before',
    status: 402,
    times: 2,
  });
  expect(await act(code, 'approve')).toMatchObject({ status: 409, body: { code: 'authorization_lapsed' } });
  await t.control('DELETE', '/faults');
  await t.reachesAtDesk(hotel, code, { status: 'PENDING_APPROVAL', paidAmount: 0, payments: [{ stage: 'VOIDED' }] });
  expect(await act(code, 'approve')).toMatchObject({ status: 409, body: { code: 'authorization_lapsed' } });
  expect(await act(code, 'decline', { reasonCode: 'NO_PAYMENT' })).toMatchObject({ status: 200 });
});

test('a key that the gateway does not accept for a moment decides nothing', async () => {
  const { code } = await authorize();
  await t.control('POST', '/faults', { path: '/v1/', kind: 'error_before', status: 401, times: 5 });
  expect(await act(code, 'approve')).toMatchObject({ status: 202, body: { paymentStage: 'CAPTURING' } });
  await t.control('DELETE', '/faults');
  await t.database.travel('30 seconds');
  await t.reachesAtDesk(hotel, code, { status: 'CONFIRMED', paymentStage: 'CAPTURED' });
  await t.database.travel('0');
});

test('a refund that the gateway refuses is asked for again until it is done', async () => {
  const { code } = await authorize();
  await act(code, 'approve');
  await t.control('POST', '/faults', {
    method: 'POST',
    path: '/v1/refunds$',
    kind: 'error_before',
    status: 400,
    times: 2,
  });
  expect((await act(code, 'cancel')).body.status).toBe('CANCELLED');
  await t.control('DELETE', '/faults');
  await t.database.travel('6 minutes');
  await t.reachesAtDesk(hotel, code, { paymentStage: 'REFUNDED', paidAmount: 0 });
  await t.database.travel('0');
});

test('an open page for the balance is closed when the desk waives it, and pays nothing afterwards', async () => {
  const booked = await t.call('POST', hotel.desk, {
    token: hotel.ownerToken,
    body: stayBody({ checkIn: daysAhead(0), checkOut: daysAhead(1), payment: 'ON_SITE' }),
  });
  const code = booked.body.booking.code as string;
  const guestToken = booked.body.guestToken as string;
  await act(code, 'assign-room', { room: '101' });
  await act(code, 'check-in');
  const session = await t.call('POST', '/v1/guest/booking/payment-session', { token: guestToken, body: {} });
  expect(session).toMatchObject({ status: 200, body: { stage: 'SESSION_CREATED' } });
  expect((await act(code, 'check-out', { waiveBalance: 'a complaint' })).status).toBe(200);
  await t.settle();
  await expect(t.payOn(session.body.url as string)).rejects.toThrow(/409/);
});

test('the balance can be paid online, captured at once', async () => {
  const booked = await t.call('POST', hotel.desk, { token: hotel.ownerToken, body: stayBody({ payment: 'ON_SITE' }) });
  const guestToken = booked.body.guestToken as string;
  const session = await t.call('POST', '/v1/guest/booking/payment-session', { token: guestToken, body: {} });
  await t.payOn(session.body.url as string);
  await t.reaches(guestToken, { status: 'CONFIRMED', paymentStage: 'CAPTURED', balanceDue: 0 });
  expect(await t.call('POST', '/v1/guest/booking/payment-session', { token: guestToken, body: {} })).toMatchObject({
    status: 409,
    body: { code: 'already_paid' },
  });
});
