import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { addDays } from '../../../../src/domain/time/calendar.ts';
import { findViolations } from '../../../support/database/invariants.ts';
import { stayBody } from '../../../support/hotel/build.ts';
import { startPayingApp } from '../../../support/sandbox/sandbox.ts';
import type { PaidHotel, PayingApp } from '../../../support/sandbox/sandbox.ts';

let t: PayingApp;
let asking: PaidHotel;
let selling: PaidHotel;

beforeAll(async () => {
  t = await startPayingApp({ LOG_LEVEL: 'error' });
  asking = await t.hotelOf('STAFF', 20);
  selling = await t.hotelOf('AUTOMATIC', 20);
});
afterEach(async () => {
  await t.control('DELETE', '/faults');
  await t.database.travel('0');
  expect(await findViolations(t.ctx)).toEqual([]);
});
afterAll(() => t.close());

const openPage = (token: string) => t.call('POST', '/v1/guest/booking/payment-session', { token, body: {} });

/** What somebody does in the gateway's own dashboard. */
async function captureByHand(code: string, amount: number): Promise<void> {
  const [row] = await t.database.sql<{ session_id: string }>(
    'SELECT p.session_id FROM payments p JOIN bookings b ON b.id = p.booking_id WHERE b.code = $1',
    [code],
  );
  const headers = { authorization: 'Bearer sk_test_sandbox', 'content-type': 'application/x-www-form-urlencoded' };
  const session = await fetch(`${t.sandboxUrl}/v1/checkout/sessions/${row?.session_id ?? ''}`, { headers });
  const { payment_intent: intent } = (await session.json()) as { payment_intent: string };
  const captured = await fetch(`${t.sandboxUrl}/v1/payment_intents/${intent}/capture`, {
    method: 'POST',
    headers,
    body: `amount_to_capture=${String(amount)}`,
  });
  expect(captured.status).toBe(200);
}

async function eventsOf(code: string, type: string): Promise<number> {
  const rows = await t.database.sql(
    'SELECT 1 FROM outbox_messages o JOIN bookings b ON b.id = o.booking_id WHERE b.code = $1 AND o.type = $2',
    [code, type],
  );
  return rows.length;
}

test('two clicks on "pay" make one page, and the gateway is asked once', async () => {
  const { guestToken, booking } = (await t.call('POST', `${asking.path}/bookings`, { body: stayBody() })).body;
  const fault = { method: 'POST', path: '/v1/checkout/sessions$', kind: 'hang_before', hangMs: 400 };
  await t.control('POST', '/faults', fault);
  const [first, second] = await Promise.all([openPage(guestToken as string), openPage(guestToken as string)]);
  expect(first).toMatchObject({ status: 200, body: { stage: 'SESSION_CREATED' } });
  expect(second.body).toEqual(first.body);
  const rows = await t.database.sql(
    'SELECT o.attempts FROM gateway_operations o JOIN bookings b ON b.id = o.booking_id WHERE b.code = $1',
    [booking.code],
  );
  expect(rows).toEqual([{ attempts: 1 }]);
});

test('who asks for a page while the last try is unanswered tries again at once, whatever the schedule says', async () => {
  const { guestToken } = (await t.call('POST', `${asking.path}/bookings`, { body: stayBody() })).body;
  await t.control('POST', '/faults', { path: '/v1/', kind: 'drop_before', times: 4 });
  expect(await openPage(guestToken as string)).toMatchObject({ status: 502, body: { code: 'gateway_unavailable' } });
  await t.control('DELETE', '/faults');
  expect(await openPage(guestToken as string)).toMatchObject({ status: 200, body: { stage: 'SESSION_CREATED' } });
});

test('once its time is over, an operation asks nothing more, and it is not known how it ended', async () => {
  const before = ((await t.control('GET', '/journal')) as { requests: unknown[] }).requests.length;
  const late = t.ctx.gateway.withDeadline(performance.now() - 1);
  expect(await late.getIntent('pi_any')).toMatchObject({ kind: 'UNKNOWN', isFinal: false });
  expect(await late.withDeadline(performance.now() + 60_000).void('pi_any', 'key')).toMatchObject({ kind: 'UNKNOWN' });
  expect(((await t.control('GET', '/journal')) as { requests: unknown[] }).requests).toHaveLength(before);
});

test('a balance that arises after the balance was paid can be paid by card too', async () => {
  const body = stayBody({ payment: 'ON_SITE' });
  const { booking, guestToken } = (await t.call('POST', selling.desk, { token: selling.ownerToken, body })).body;
  const pay = async () => {
    await t.payOn((await openPage(guestToken as string)).body.url as string);
    await t.reaches(guestToken as string, { balanceDue: 0, paymentStage: 'CAPTURED' });
  };
  await pay();
  const checkIn = body['checkIn'] as string;
  const longer = { checkIn, checkOut: addDays(checkIn, 2) };
  const move = `${selling.desk}/${booking.code as string}/reschedule`;
  expect((await t.call('POST', move, { token: selling.ownerToken, body: longer })).body).toMatchObject({
    balanceDue: 10_000,
  });
  await pay();
  await t.reachesAtDesk(selling, booking.code as string, {
    paidAmount: 20_000,
    payments: [
      { stage: 'CAPTURED', amount: 10_000 },
      { stage: 'CAPTURED', amount: 10_000 },
    ],
  });
});

test.each([
  ['staff approve', () => asking, 'PENDING_APPROVAL'],
  ['it approves by itself', () => selling, 'PENDING_PAYMENT'],
] as const)(
  'where %s, too little captured in the dashboard sells nothing and goes back',
  async (_, hotelOf, status) => {
    const hotel = hotelOf();
    const { code, guestToken, url } = await t.bookAndOpen(hotel.path, stayBody());
    await t.payOn(url);
    if (status === 'PENDING_APPROVAL') await t.reaches(guestToken, { status });
    await captureByHand(code, 1_000);
    await t.reachesAtDesk(hotel, code, {
      status,
      paymentStage: 'FAILED',
      paidAmount: 0,
      payments: [{ stage: 'REFUNDED' }],
    });
    expect(await eventsOf(code, 'payment_failed')).toBe(1);
    const history = await t.call('GET', `${hotel.desk}/${code}/history`, { token: hotel.ownerToken });
    expect(history.body.items).toContainEqual(
      expect.objectContaining({ action: 'payment-mismatch', reason: 'amount_mismatch' }),
    );
  },
);

test('a hold whose short capture went back can be paid for again', async () => {
  const { code, guestToken, url } = await t.bookAndOpen(selling.path, stayBody());
  await t.payOn(url);
  await captureByHand(code, 1_000);
  await t.reaches(guestToken, { status: 'PENDING_PAYMENT', paymentStage: 'FAILED' });
  await t.payOn((await openPage(guestToken)).body.url as string);
  await t.reaches(guestToken, { status: 'CONFIRMED', paymentStage: 'CAPTURED', balanceDue: 0 });
});

test('money that the gateway refuses to give back is told to staff, each time later', async () => {
  const { code, guestToken, url } = await t.bookAndOpen(selling.path, stayBody());
  await t.payOn(url);
  await t.reaches(guestToken, { status: 'CONFIRMED' });
  const refusing = { method: 'POST', path: '/v1/refunds$', kind: 'error_before', status: 400, times: 20 };
  await t.control('POST', '/faults', refusing);
  const cancel = await t.call('POST', `${selling.desk}/${code}/cancel`, { token: selling.ownerToken, body: {} });
  expect(cancel.body).toMatchObject({ status: 'CANCELLED', paymentStage: 'CAPTURED' });
  expect(await eventsOf(code, 'payment_failed')).toBe(1);
  await t.database.travel('6 minutes');
  await t.settle();
  const waits = await t.database.sql<{ minutes: number }>(
    `SELECT round(extract(epoch FROM o.next_attempt_at - o.created_at) / 60)::int AS minutes
     FROM gateway_operations o JOIN bookings b ON b.id = o.booking_id WHERE b.code = $1 AND o.kind = 'REFUND' ORDER BY o.id`,
    [code],
  );
  expect(waits.map(({ minutes }) => minutes)).toEqual([0, 5, 10]);
  expect(await eventsOf(code, 'payment_failed')).toBe(2);
  await t.control('DELETE', '/faults');
  await t.database.travel('20 minutes');
  await t.reachesAtDesk(selling, code, { paymentStage: 'REFUNDED', paidAmount: 0 });
});
