import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { daysAhead, stayBody } from '../../support/hotel/build.ts';
import { findViolations } from '../../support/database/invariants.ts';
import { sessionIdOf, startPayingApp } from '../../support/sandbox/sandbox.ts';
import type { PaidHotel, PayingApp } from '../../support/sandbox/sandbox.ts';

let t: PayingApp;
let asking: PaidHotel;
let selling: PaidHotel;

beforeAll(async () => {
  t = await startPayingApp({ LOG_LEVEL: 'error' });
  asking = await t.hotelOf('STAFF', 40);
  selling = await t.hotelOf('AUTOMATIC', 40);
});
afterEach(async () => {
  await t.control('DELETE', '/faults');
  await t.control('POST', '/delivery', { paused: false });
  await t.settle();
  expect(await findViolations(t.ctx)).toEqual([]);
  await t.database.travel('0');
});
afterAll(() => t.close());

/** So many nights at 100.00 each, later than those booked. */
const nights = (count: number, from = 60) => ({ checkIn: daysAhead(from), checkOut: daysAhead(from + count) });
const twoNights = stayBody({ checkOut: daysAhead(32) });

const staff = (hotel: PaidHotel, code: string, action: string, body: object, headers = {}) =>
  t.call('POST', `${hotel.desk}/${code}/${action}`, { token: hotel.ownerToken, body, headers });
const move = (hotel: PaidHotel, code: string, to: object, headers = {}) =>
  staff(hotel, code, 'reschedule', to, headers);
const guestMoves = (token: string, body: object) => t.call('POST', '/v1/guest/booking/reschedule', { token, body });
const openPage = (token: string) => t.call('POST', '/v1/guest/booking/payment-session', { token, body: {} });

/** Two nights, 200.00, paid by card. */
async function bookAndPay(hotel: PaidHotel): Promise<{ code: string; guestToken: string }> {
  const { code, guestToken, url } = await t.bookAndOpen(hotel.path, twoNights);
  await t.payOn(url);
  await t.reaches(guestToken, { status: hotel === asking ? 'PENDING_APPROVAL' : 'CONFIRMED' });
  return { code, guestToken };
}
const setDeposit = (hotel: PaidHotel, value: number) =>
  t.ctx.db.property.update({
    where: { id: hotel.propertyId },
    data: { paymentPolicy: 'DEPOSIT', depositPolicy: { type: 'PERCENT', value } },
  });
/** Two nights, of which sixty percent are paid by card. */
async function bookDeposit(): Promise<{ hotel: PaidHotel; code: string; guestToken: string }> {
  const hotel = await t.hotelOf('AUTOMATIC');
  await setDeposit(hotel, 6_000);
  return { hotel, ...(await bookAndPay(hotel)) };
}
async function bookOnSite(hotel: PaidHotel, over: object): Promise<string> {
  const body = { ...twoNights, payment: 'ON_SITE', ...over };
  return (await t.call('POST', hotel.desk, { token: hotel.ownerToken, body })).body.booking.code as string;
}
interface Journal {
  readonly requests: { path: string; params: Record<string, unknown>; status: number | null; replayed: boolean }[];
}
/** What the gateway did for this booking, not what we believe: captured, asked to refund, and how its intents stand. */
async function atGateway(code: string): Promise<{ received: number; refunded: number[]; statuses: string[] }> {
  const rows = await t.database.sql<{ intent_id: string | null }>(
    'SELECT p.intent_id FROM payments p JOIN bookings b ON b.id = p.booking_id WHERE b.code = $1 ORDER BY p.id',
    [code],
  );
  const ids = rows.map(({ intent_id: id }) => id);
  const state = (await t.control('GET', '/state')) as {
    payment_intents: { id: string; amount_received: number; status: string }[];
  };
  const intents = state.payment_intents.filter(({ id }) => ids.includes(id));
  const refunds = ((await t.control('GET', '/journal')) as Journal).requests.filter(
    ({ path, params, status, replayed }) =>
      path === '/v1/refunds' && status === 200 && !replayed && ids.includes(String(params['payment_intent'])),
  );
  return {
    received: intents.reduce((sum, intent) => sum + intent.amount_received, 0),
    refunded: refunds.map(({ params }) => Number(params['amount'])),
    statuses: intents.map(({ status }) => status),
  };
}
async function statusOfPage(url: string): Promise<string> {
  const { sessions } = (await t.control('GET', '/state')) as { sessions: { id: string; status: string }[] };
  return sessions.find(({ id }) => id === sessionIdOf(url))?.status ?? 'unknown';
}

test('paid by card and cheaper: the difference goes back, once', async () => {
  const { code, guestToken } = await bookAndPay(selling);
  expect(await guestMoves(guestToken, nights(1))).toMatchObject({
    status: 200,
    body: { status: 'CONFIRMED', paidAmount: 10_000, balanceDue: 0, paymentStage: 'PARTIALLY_REFUNDED' },
  });
  await t.settle();
  expect(await atGateway(code)).toMatchObject({ received: 20_000, refunded: [10_000] });
  expect((await move(selling, code, nights(2, 70))).body).toMatchObject({ paidAmount: 10_000, balanceDue: 10_000 });
});

test('paid by card and dearer: the rise is balance due, paid by card, and comes back in the order it came', async () => {
  const { code, guestToken } = await bookAndPay(selling);
  expect((await move(selling, code, nights(3))).body).toMatchObject({
    status: 'CONFIRMED',
    paidAmount: 20_000,
    balanceDue: 10_000,
    price: { totalPayable: 30_000, depositDue: 20_000, balanceDue: 10_000 },
  });
  await t.payOn((await openPage(guestToken)).body.url as string);
  await t.reaches(guestToken, { status: 'CONFIRMED', balanceDue: 0, paidAmount: 30_000 });
  // Less than the second card payment covers alone: the rest is taken from the first.
  expect(await move(selling, code, nights(1, 80))).toMatchObject({
    status: 200,
    body: { paidAmount: 10_000, balanceDue: 0, price: { depositDue: 10_000 } },
  });
  expect((await atGateway(code)).refunded.toSorted()).toEqual([10_000, 10_000]);
});

test('authorized and cheaper: approving captures the new total and no more', async () => {
  const { code, guestToken } = await bookAndPay(asking);
  expect((await guestMoves(guestToken, nights(1))).body).toMatchObject({
    status: 'PENDING_APPROVAL',
    paymentStage: 'AUTHORIZED',
    paidAmount: 0,
    price: { totalPayable: 10_000, depositDue: 10_000 },
  });
  expect((await staff(asking, code, 'approve', {})).body).toMatchObject({
    status: 'CONFIRMED',
    paymentStage: 'CAPTURED',
    paidAmount: 10_000,
    balanceDue: 0,
    payments: [{ stage: 'CAPTURED', amount: 10_000 }],
  });
  expect(await atGateway(code)).toEqual({ received: 10_000, refunded: [], statuses: ['succeeded'] });
});

test('authorized and dearer: approving captures what was authorized, the rest is balance due', async () => {
  const { code, guestToken } = await bookAndPay(asking);
  await guestMoves(guestToken, nights(3));
  expect((await staff(asking, code, 'approve', {})).body).toMatchObject({
    status: 'CONFIRMED',
    paidAmount: 20_000,
    balanceDue: 10_000,
  });
  await t.payOn((await openPage(guestToken)).body.url as string);
  await t.reaches(guestToken, { balanceDue: 0, paidAmount: 30_000 });
});

test('authorized, cheaper and dearer again: what was authorized still is what is captured', async () => {
  const { code, guestToken } = await bookAndPay(asking);
  for (const count of [1, 4]) expect((await guestMoves(guestToken, nights(count, 90))).status).toBe(200);
  expect((await staff(asking, code, 'approve', {})).body).toMatchObject({ paidAmount: 20_000, balanceDue: 20_000 });
  expect(await atGateway(code)).toMatchObject({ received: 20_000, refunded: [] });
});

test('authorized, moved and declined: all of it is given back', async () => {
  const { code, guestToken } = await bookAndPay(asking);
  await guestMoves(guestToken, nights(1));
  const declined = await staff(asking, code, 'decline', { reasonCode: 'NO_CAPACITY' });
  expect(declined.body).toMatchObject({ status: 'DECLINED', paymentStage: 'VOIDED' });
  expect(await atGateway(code)).toMatchObject({ received: 0, statuses: ['canceled'] });
});

test.each([
  ['cheaper', 1, 10_000],
  ['dearer', 3, 30_000],
])(
  'a hold with a page that becomes %s: the page is closed, another asks for the new amount',
  async (_, count, total) => {
    const { code, guestToken, url, created } = await t.bookAndOpen(selling.path, twoNights);
    expect((await guestMoves(guestToken, nights(count))).body).toMatchObject({
      status: 'PENDING_PAYMENT',
      expiresAt: created.body.booking.expiresAt,
      price: { totalPayable: total, gatewayPayable: total },
    });
    const page = await openPage(guestToken);
    expect(page).toMatchObject({ status: 200, body: { stage: 'SESSION_CREATED' } });
    expect(page.body.url).not.toBe(url);
    await t.settle();
    expect(await statusOfPage(url)).toBe('expired');
    await t.payOn(page.body.url as string);
    await t.reaches(guestToken, { status: 'CONFIRMED', paidAmount: total, balanceDue: 0 });
    expect(await atGateway(code)).toMatchObject({ received: total, refunded: [] });
  },
);

test('at the same price the page stays open', async () => {
  const { guestToken, url } = await t.bookAndOpen(selling.path, twoNights);
  await guestMoves(guestToken, nights(2));
  expect((await openPage(guestToken)).body).toMatchObject({ url });
  await t.payOn(url);
  await t.reaches(guestToken, { status: 'CONFIRMED', stay: nights(2) });
});

test.each([
  ['cheaper', () => selling, 1],
  ['cheaper', () => asking, 1],
  ['dearer', () => selling, 3],
  ['dearer', () => asking, 3],
] as const)(
  'a page paid before it is closed, though the hold is %s by now, takes nothing',
  async (_, hotelOf, count) => {
    const hotel = hotelOf();
    const { code, guestToken, url } = await t.bookAndOpen(hotel.path, twoNights);
    await t.control('POST', '/delivery', { paused: true });
    await t.payOn(url);
    expect((await guestMoves(guestToken, nights(count))).body).toMatchObject({ status: 'PENDING_PAYMENT' });
    await t.control('POST', '/delivery', { paused: false });
    await t.reachesAtDesk(hotel, code, { status: 'PENDING_PAYMENT', paidAmount: 0, payments: [{ stage: 'VOIDED' }] });
    expect(await atGateway(code)).toEqual({ received: 0, refunded: [], statuses: ['canceled'] });
    await t.payOn((await openPage(guestToken)).body.url as string);
    await t.reaches(guestToken, { status: hotel === asking ? 'PENDING_APPROVAL' : 'CONFIRMED' });
  },
);

test('paid in cash and cheaper: it waits for the desk to hand it over, and is then given back', async () => {
  const code = await bookOnSite(selling, {});
  await staff(selling, code, 'payments', { method: 'CASH', amount: 20_000 });
  const moved = (await move(selling, code, nights(1))).body;
  expect(moved).toMatchObject({
    paidAmount: 20_000,
    balanceDue: 0,
    refunds: [{ destination: 'MANUAL', state: 'PENDING', amount: 10_000 }],
  });
  const [refund] = moved.refunds as { id: string }[];
  for (const click of [1, 2]) {
    const { body: handed } = await staff(selling, code, `refunds/${refund?.id ?? ''}/hand-over`, {});
    expect({ click, ...handed }).toMatchObject({
      paidAmount: 10_000,
      balanceDue: 0,
      refunds: [{ state: 'DONE' }],
      payments: [{ stage: 'PARTIALLY_REFUNDED', amount: 20_000, refundedAmount: 10_000 }],
    });
  }
  const { items } = (await t.call('GET', `${selling.desk}/${code}/history`, { token: selling.ownerToken })).body;
  const actions = (items as { action: string }[]).map(({ action }) => action);
  expect(actions.slice(-2)).toEqual(['reschedule', 'refund']);
});

test('paid by card and in cash: the card gets its money first', async () => {
  const { code } = await bookAndPay(selling);
  await move(selling, code, nights(3));
  await staff(selling, code, 'payments', { method: 'CASH', amount: 10_000 });
  const moved = await move(selling, code, nights(1, 70));
  expect(moved.body).toMatchObject({ paidAmount: 10_000, balanceDue: 0 });
  expect(await atGateway(code)).toMatchObject({ received: 20_000, refunded: [20_000] });
  const again = await move(selling, code, { checkIn: daysAhead(75), checkOut: daysAhead(76) });
  expect(again.body).toMatchObject({ paidAmount: 10_000, balanceDue: 0 });
});

test('what was waived stays waived; a stay that cost nothing is not', async () => {
  const waived = await bookOnSite(selling, { payment: 'WAIVED' });
  for (const [count, total] of [[1, 10_000] as const, [3, 30_000] as const]) {
    const moved = await move(selling, waived, nights(count, 80));
    expect(moved.body).toMatchObject({ price: { totalPayable: total }, waivedAmount: total, balanceDue: 0 });
  }
  await t.database.sql(
    'UPDATE inventory_nights SET price = 0 WHERE room_type_id = $1 AND night >= $2::date AND night < $3::date',
    [selling.roomTypeId, daysAhead(100), daysAhead(102)],
  );
  const free = await bookOnSite(selling, { checkIn: daysAhead(100), checkOut: daysAhead(101) });
  const moved = await move(selling, free, nights(1));
  expect(moved.body).toMatchObject({ price: { totalPayable: 10_000 }, waivedAmount: 0, balanceDue: 10_000 });
});

test('where a deposit is paid first, a fall is taken off the balance, and given back only below what was paid', async () => {
  const { hotel, code, guestToken } = await bookDeposit();
  expect((await move(hotel, code, nights(3))).body).toMatchObject({
    paidAmount: 12_000,
    balanceDue: 18_000,
    price: { totalPayable: 30_000, depositDue: 12_000, balanceDue: 18_000 },
  });
  expect((await move(hotel, code, nights(2))).body).toMatchObject({ paidAmount: 12_000, balanceDue: 8_000 });
  expect((await guestMoves(guestToken, nights(1))).body).toMatchObject({
    status: 'CONFIRMED',
    paidAmount: 10_000,
    balanceDue: 0,
    paymentStage: 'PARTIALLY_REFUNDED',
    price: { totalPayable: 10_000, depositDue: 10_000, balanceDue: 0 },
  });
  expect((await atGateway(code)).refunded).toEqual([2_000]);
});

test('a hold pays the deposit of where it is, also where only that has changed since', async () => {
  const hotel = await t.hotelOf('AUTOMATIC');
  await setDeposit(hotel, 3_000);
  const { code, guestToken, url } = await t.bookAndOpen(hotel.path, twoNights);
  await setDeposit(hotel, 6_000);
  expect((await guestMoves(guestToken, nights(2))).body.price).toMatchObject({
    totalPayable: 20_000,
    depositDue: 12_000,
  });
  await t.settle();
  expect(await statusOfPage(url)).toBe('expired');
  await t.payOn((await openPage(guestToken)).body.url as string);
  await t.reaches(guestToken, { status: 'CONFIRMED', paidAmount: 12_000, balanceDue: 8_000 });
  expect(await atGateway(code)).toMatchObject({ received: 12_000 });
});
