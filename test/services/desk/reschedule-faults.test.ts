import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { daysAhead, stayBody } from '../../support/hotel/build.ts';
import { findViolations } from '../../support/database/invariants.ts';
import { refusal } from '../../support/http/problems.ts';
import { startPayingApp } from '../../support/sandbox/sandbox.ts';
import type { PaidHotel, PayingApp } from '../../support/sandbox/sandbox.ts';

let t: PayingApp;
let hotel: PaidHotel;

beforeAll(async () => {
  t = await startPayingApp({ LOG_LEVEL: 'error' });
  hotel = await t.hotelOf('AUTOMATIC', 40);
});
afterEach(async () => {
  await t.control('DELETE', '/faults');
  await t.settle();
  expect(await findViolations(t.ctx)).toEqual([]);
  await t.database.travel('0');
});
afterAll(() => t.close());

const REFUNDS = { method: 'POST', path: '/v1/refunds$' };
/** So many nights at 100.00 each, later than those booked. */
const nights = (count: number, from = 60) => ({ checkIn: daysAhead(from), checkOut: daysAhead(from + count) });
const act = (code: string, action: string, body: object, headers = {}) =>
  t.call('POST', `${hotel.desk}/${code}/${action}`, { token: hotel.ownerToken, body, headers });
const move = (code: string, to: object, headers = {}) => act(code, 'reschedule', to, headers);

/** Three nights, 300.00, paid by card. */
async function bookAndPay(): Promise<{ code: string; guestToken: string }> {
  const { code, guestToken, url } = await t.bookAndOpen(hotel.path, stayBody({ checkOut: daysAhead(33) }));
  await t.payOn(url);
  await t.reaches(guestToken, { status: 'CONFIRMED', paidAmount: 30_000 });
  return { code, guestToken };
}
interface Journal {
  readonly requests: {
    path: string;
    params: { amount?: unknown; payment_intent?: string };
    status: number | null;
    replayed: boolean;
    fault: string | null;
  }[];
}
/** The refunds that the gateway made for a booking. */
async function refundsOf(code: string): Promise<number[]> {
  const [row] = await t.database.sql<{ intent_id: string }>(
    `SELECT p.intent_id FROM payments p JOIN bookings b ON b.id = p.booking_id WHERE b.code = $1 AND p.provider = 'STRIPE'`,
    [code],
  );
  const { requests } = (await t.control('GET', '/journal')) as Journal;
  return requests
    .filter(({ path, status, fault }) => path === '/v1/refunds' && (status === 200 || fault === 'error_after'))
    .filter(({ params, replayed }) => !replayed && params.payment_intent === row?.intent_id)
    .map(({ params }) => Number(params.amount));
}

test.each(['drop_before', 'drop_after', 'error_before', 'error_after', 'hang_after'] as const)(
  'a refund of the difference that meets %s is 202, in nobody’s way twice, and right in the end',
  async (kind) => {
    const { code } = await bookAndPay();
    const key = { 'idempotency-key': `move-${kind}` };
    await t.control('POST', '/faults', { ...REFUNDS, kind, times: 3, hangMs: 60_000 });
    const moved = await move(code, nights(2), key);
    // The nights have changed; what has not is the money.
    expect(moved).toMatchObject({
      status: 202,
      body: { status: 'CONFIRMED', stay: nights(2), paidAmount: 30_000, price: { totalPayable: 20_000 } },
    });
    const refused = refusal('payment_in_progress');
    expect(await move(code, nights(1))).toMatchObject(refused);
    expect(await act(code, 'cancel', {})).toMatchObject(refused);
    expect(await findViolations(t.ctx)).toEqual([]);
    await t.control('DELETE', '/faults');
    await t.database.travel('6 seconds');
    await t.settle();
    await t.database.travel('30 seconds');
    await t.reachesAtDesk(hotel, code, { paidAmount: 20_000, balanceDue: 0, paymentStage: 'PARTIALLY_REFUNDED' });
    expect(await refundsOf(code)).toEqual([10_000]);
    const again = await move(code, nights(2), key);
    expect(again).toMatchObject({
      status: 200,
      headers: { 'idempotent-replayed': 'true' },
      body: { paidAmount: 20_000 },
    });
    expect(await refundsOf(code)).toEqual([10_000]);
  },
);

test('after the difference has gone back, cancelling gives back the rest and no more', async () => {
  const { code } = await bookAndPay();
  for (const count of [2, 1]) expect((await move(code, nights(count))).status).toBe(200);
  expect((await act(code, 'cancel', {})).body).toMatchObject({ paidAmount: 0, paymentStage: 'REFUNDED' });
  expect(await refundsOf(code)).toEqual([10_000, 10_000, 10_000]);
});

test.each([
  ['AUTOMATIC', 'CONFIRMED'],
  ['STAFF', 'PENDING_APPROVAL'],
] as const)(
  'a hold moved to where nothing is to be paid stands as one made there: %s, %s',
  async (approval, status) => {
    const free = await t.hotelOf(approval);
    await t.database.sql('UPDATE inventory_nights SET price = 0 WHERE room_type_id = $1 AND night >= $2::date', [
      ...[free.roomTypeId, daysAhead(100)],
    ]);
    const { guestToken, url } = await t.bookAndOpen(free.path, stayBody());
    const moved = await t.call('POST', '/v1/guest/booking/reschedule', { token: guestToken, body: nights(1, 100) });
    const stands = { status, expiresAt: null, price: { totalPayable: 0 }, balanceDue: 0 };
    expect(moved).toMatchObject({ status: 200, body: stands });
    await t.payOn(url);
    await t.settle();
    const { body } = await t.call('GET', '/v1/guest/booking', { token: guestToken });
    expect(body).toMatchObject({ ...stands, paidAmount: 0 });
    expect((await t.call('POST', `${free.path}/bookings`, { body: stayBody(nights(1, 100)) })).body).toMatchObject({
      booking: { status },
    });
  },
);

test('an authorized booking moved to where nothing is to be paid is approved, and the card is let go', async () => {
  const free = await t.hotelOf('STAFF');
  const { code, guestToken, url } = await t.bookAndOpen(free.path, stayBody());
  await t.payOn(url);
  await t.reaches(guestToken, { status: 'PENDING_APPROVAL' });
  await t.database.sql('UPDATE inventory_nights SET price = 0 WHERE room_type_id = $1', [free.roomTypeId]);
  const staff = (action: string, body: object) =>
    t.call('POST', `${free.desk}/${code}/${action}`, { token: free.ownerToken, body });
  expect((await staff('reschedule', nights(1))).body).toMatchObject({ status: 'PENDING_APPROVAL', balanceDue: 0 });
  expect(await staff('approve', {})).toMatchObject({
    status: 200,
    body: { status: 'CONFIRMED', paidAmount: 0, paymentStage: 'VOIDED', payments: [{ stage: 'VOIDED' }] },
  });
});
