import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { resolveDifferences } from '../../../../src/services/money/reconciliation/resolve-differences.ts';
import { daysAhead, stayBody } from '../../../support/hotel/build.ts';
import { findViolations } from '../../../support/database/invariants.ts';
import {
  bookAndPay,
  CAPTURE_EVENTS,
  idsOf,
  payStranger,
  REFUND_EVENTS,
  report,
  whileNothingIsHeard,
} from '../../../support/money/reconciliation.ts';
import { refusal } from '../../../support/http/problems.ts';
import { startPayingApp } from '../../../support/sandbox/sandbox.ts';
import type { PaidHotel, PayingApp } from '../../../support/sandbox/sandbox.ts';
import { changeWallet, customerOf } from '../../../support/money/wallet.ts';

let t: PayingApp;
/** Each test has a hotel of its own, all of them one account at the gateway. */
let hotel: PaidHotel;

beforeAll(async () => {
  t = await startPayingApp({ LOG_LEVEL: 'error' });
});
afterEach(async () => {
  await t.control('DELETE', '/faults');
  await t.control('DELETE', '/delivery');
  await t.control('POST', '/delivery/flush');
  await t.settle();
  await t.database.travel('0');
  expect(await findViolations(t.ctx)).toEqual([]);
});
afterAll(() => t.close());

const staff = (code: string, action: string, body: object) =>
  t.call('POST', `${hotel.desk}/${code}/${action}`, { token: hotel.ownerToken, body });
const sums = (captured: number, refunded: number, disputed: number) => ({
  captured,
  refunded,
  disputed,
  net: captured - refunded - disputed,
});

/** Of two nights that were paid for, one is left when the request is approved: half of the card's money is taken. */
async function captureHalf(): Promise<void> {
  const asking = await t.hotelOf('STAFF');
  const { code, guestToken, url } = await t.bookAndOpen(asking.path, stayBody({ checkOut: daysAhead(32) }));
  await t.payOn(url);
  await t.reaches(guestToken, { status: 'PENDING_APPROVAL' });
  const act = (action: string, body: object) =>
    t.call('POST', `${asking.desk}/${code}/${action}`, { token: asking.ownerToken, body });
  expect((await act('reschedule', { checkIn: daysAhead(30), checkOut: daysAhead(31) })).status).toBe(200);
  expect((await act('approve', {})).body).toMatchObject({ status: 'CONFIRMED', paidAmount: 10_000 });
  expect((await report(t, asking)).body).toMatchObject({
    balanced: true,
    differences: [],
    totals: { ledger: sums(10_000, 0, 0), gateway: sums(10_000, 0, 0), strangers: { count: 0, amount: 0 } },
  });
}

/** 60.00 from the card and 40.00 from the wallet. */
async function payWithWallet(): Promise<void> {
  const created = await t.call('POST', `${hotel.path}/bookings`, { body: stayBody() });
  const code = created.body.booking.code as string;
  const desk = { call: (method: 'POST', path: string, options: object) => atDesk(method, path, options) };
  await changeWallet(desk, await customerOf(t, code), 4_000);
  const token = (await staff(code, 'guest-link', {})).body.guestToken as string;
  const body = { walletAmount: 4_000 };
  const { url } = (await t.call('POST', '/v1/guest/booking/payment-session', { token, body })).body;
  await t.payOn(url as string);
  await t.reaches(token, { status: 'CONFIRMED', paidAmount: 10_000 });
}

const atDesk = (method: 'POST', path: string, options: object) =>
  t.call(method, `${hotel.desk.replace('/bookings', '')}${path}`, { token: hotel.ownerToken, ...options });

test('every way money moves leaves the ledger, the payments and the gateway agreed', async () => {
  hotel = await t.hotelOf('AUTOMATIC', 20);
  await bookAndPay(t, hotel);
  await captureHalf();
  await payWithWallet();
  const refunded = await bookAndPay(t, hotel);
  await staff(refunded, 'refunds', { amount: 2_500, reason: 'Shower was cold' });
  const dashboard = await idsOf(t, refunded);
  await t.control('POST', '/refunds', { payment_intent: dashboard.intentId, amount: 500 });
  await t.reachesAtDesk(hotel, refunded, { paidAmount: 7_000 });
  const disputed = await bookAndPay(t, hotel);
  await t.control('POST', '/disputes', { charge: (await idsOf(t, disputed)).chargeId });
  await t.reachesAtDesk(hotel, disputed, { disputes: [{ status: 'OPEN', amount: 10_000 }] });
  const won = await bookAndPay(t, hotel);
  const { id } = await t.control('POST', '/disputes', { charge: (await idsOf(t, won)).chargeId });
  await t.control('POST', `/disputes/${String(id)}/close`, { status: 'won' });
  await t.reachesAtDesk(hotel, won, { disputes: [{ status: 'WON' }] });
  const byHand = await t.call('POST', hotel.desk, {
    token: hotel.ownerToken,
    body: stayBody({ payment: 'ON_SITE' }),
  });
  await staff(byHand.body.booking.code as string, 'payments', { method: 'CASH', amount: 10_000 });

  const same = sums(46_000, 3_000, 10_000);
  expect(await report(t, hotel)).toMatchObject({
    status: 200,
    body: {
      currency: 'EUR',
      balanced: true,
      differences: [],
      totals: { ledger: same, payments: same, gateway: same, strangers: { count: 0, amount: 0 } },
    },
  });
});

test('a refund of which no event came is named with its booking, and gone once it was looked up', async () => {
  hotel = await t.hotelOf('AUTOMATIC');
  await bookAndPay(t, hotel);
  const code = await bookAndPay(t, hotel);
  const { intentId, paymentId } = await idsOf(t, code);
  await whileNothingIsHeard(t, REFUND_EVENTS, () =>
    t.control('POST', '/refunds', { payment_intent: intentId, amount: 4_000 }),
  );
  const { body } = await report(t, hotel);
  const difference = {
    kind: 'refund_differs',
    bookingCode: code,
    paymentId,
    expected: 0,
    found: 4_000,
    currency: 'EUR',
  };
  expect(body).toMatchObject({ balanced: false, differences: [difference] });
  expect(body.totals).toMatchObject({ ledger: sums(20_000, 0, 0), gateway: sums(20_000, 4_000, 0) });

  expect(await resolveDifferences(t.ctx, [{ ...body.differences[0], intentId: null }])).toBe(1);
  expect((await report(t, hotel)).body).toMatchObject({
    balanced: true,
    differences: [],
    totals: { ledger: sums(20_000, 4_000, 0), gateway: sums(20_000, 4_000, 0) },
  });
});

test('the same as CSV is one line per difference below the names of the columns', async () => {
  hotel = await t.hotelOf('AUTOMATIC');
  const code = await bookAndPay(t, hotel);
  const csv = () => report(t, hotel, { from: daysAhead(-1), to: daysAhead(1), format: 'csv' });
  const columns = 'kind,bookingCode,paymentId,expected,found,currency,disputeIds\r\n';
  expect((await csv()).body).toBe(columns);
  const { intentId, paymentId } = await idsOf(t, code);
  await whileNothingIsHeard(t, REFUND_EVENTS, () => t.control('POST', '/refunds', { payment_intent: intentId }));
  const answer = await csv();
  expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8');
  expect(answer.headers['content-disposition']).toMatch(/^attachment; filename="reconciliation-[\d-]+\.csv"$/);
  expect(answer.body).toBe(`${columns}refund_differs,${code},${paymentId},0,10000,EUR,\r\n`);
});

test('money that was taken in the dashboard and never heard of is missing in the ledger, until it is looked up', async () => {
  hotel = await t.hotelOf('STAFF');
  const { code, guestToken, url } = await t.bookAndOpen(hotel.path, stayBody());
  await t.payOn(url);
  await t.reaches(guestToken, { status: 'PENDING_APPROVAL' });
  const { intentId } = await idsOf(t, code);
  await whileNothingIsHeard(t, CAPTURE_EVENTS, () => t.control('POST', `/payment_intents/${intentId}/capture`));
  const { body } = await report(t, hotel);
  expect(body.differences).toMatchObject([
    { kind: 'missing_in_ledger', bookingCode: code, expected: 0, found: 10_000 },
  ]);
  await resolveDifferences(t.ctx, [{ ...body.differences[0], intentId: null }]);
  await t.reaches(guestToken, { status: 'CONFIRMED' });
  expect((await report(t, hotel)).body).toMatchObject({ balanced: true, differences: [] });
});

test('a payment of which nothing was ever heard, not even that it was authorized, is found by our own id', async () => {
  hotel = await t.hotelOf('STAFF');
  const { code, guestToken, url } = await t.bookAndOpen(hotel.path, stayBody());
  const lost = [...CAPTURE_EVENTS, 'checkout.session.completed', 'payment_intent.amount_capturable_updated'];
  await whileNothingIsHeard(t, [...lost, 'charge.succeeded', 'payment_intent.created'], async () => {
    await t.payOn(url);
    await t.control('POST', `/payment_intents/${(await idsOf(t, code)).intentId}/capture`);
  });
  const { body } = await report(t, hotel);
  expect(body).toMatchObject({
    differences: [{ kind: 'missing_in_ledger', bookingCode: code, found: 10_000 }],
    totals: { strangers: { count: 0 } },
  });
  await resolveDifferences(t.ctx, [{ ...body.differences[0], intentId: null }]);
  await t.reaches(guestToken, { status: 'CONFIRMED' });
  expect((await report(t, hotel)).body.balanced).toBe(true);
});

test('a dispute that is decided without our hearing of it differs, until it is looked up', async () => {
  hotel = await t.hotelOf('AUTOMATIC');
  const code = await bookAndPay(t, hotel);
  const { id } = await t.control('POST', '/disputes', { charge: (await idsOf(t, code)).chargeId });
  await t.reachesAtDesk(hotel, code, { disputes: [{ status: 'OPEN' }] });
  await whileNothingIsHeard(t, ['charge.dispute.closed', 'charge.dispute.funds_reinstated'], () =>
    t.control('POST', `/disputes/${String(id)}/close`, { status: 'won' }),
  );
  const { body } = await report(t, hotel);
  expect(body.differences).toMatchObject([{ kind: 'dispute_differs', bookingCode: code, expected: 10_000, found: 0 }]);
  await resolveDifferences(t.ctx, [{ ...body.differences[0], intentId: null }]);
  expect((await report(t, hotel)).body).toMatchObject({ balanced: true, totals: { ledger: sums(10_000, 0, 0) } });
});

test('what the gateway did before midnight and we heard of after it is no difference on either day', async () => {
  hotel = await t.hotelOf('STAFF');
  const { code, guestToken, url } = await t.bookAndOpen(hotel.path, stayBody());
  await t.payOn(url);
  await t.reaches(guestToken, { status: 'PENDING_APPROVAL' });
  await t.control('POST', '/delivery', { paused: true });
  await t.control('POST', `/payment_intents/${(await idsOf(t, code)).intentId}/capture`);
  await t.database.travel('2 days');
  await t.control('POST', '/delivery', { paused: false });
  await t.reaches(guestToken, { status: 'CONFIRMED' });
  const before = await report(t, hotel);
  expect(before.body).toMatchObject({
    balanced: true,
    differences: [],
    totals: { ledger: sums(0, 0, 0), payments: sums(0, 0, 0), gateway: sums(10_000, 0, 0) },
  });
  const after = await report(t, hotel, { from: daysAhead(2), to: daysAhead(3) });
  expect(after.body).toMatchObject({
    balanced: true,
    differences: [],
    totals: { ledger: sums(10_000, 0, 0), payments: sums(10_000, 0, 0), gateway: sums(0, 0, 0) },
  });
});

test('what others take by the same account is counted and is no difference, however many pages it fills', async () => {
  hotel = await t.hotelOf('AUTOMATIC');
  const code = await bookAndPay(t, hotel);
  const before = (await report(t, hotel)).body.totals.strangers as { count: number; amount: number };
  const intentId = await payStranger(t);
  // Told of or not, they are nobody's here.
  await t.control('POST', '/delivery', { drop: 1 });
  for (let index = 0; index < 260; index += 1) {
    await t.control('POST', '/refunds', { payment_intent: intentId, amount: 1 });
  }
  await t.control('DELETE', '/delivery');
  const { body } = await report(t, hotel);
  expect(body).toMatchObject({
    balanced: true,
    totals: {
      gateway: sums(10_000, 0, 0),
      strangers: { count: before.count + 261, amount: before.amount + 10_000 - 260 },
    },
  });
  expect(JSON.stringify(body)).not.toContain(code);
});

test.each(['/v1/balance_transactions', '/v1/payment_intents/'])(
  'without an answer from %s there is no report, and never a balanced one',
  async (path) => {
    hotel = await t.hotelOf('AUTOMATIC');
    const code = await bookAndPay(t, hotel);
    const { intentId } = await idsOf(t, code);
    await whileNothingIsHeard(t, REFUND_EVENTS, () => t.control('POST', '/refunds', { payment_intent: intentId }));
    for (const kind of ['drop_before', 'error_before']) {
      await t.control('POST', '/faults', { method: 'GET', path, kind, times: 9, status: 503 });
      expect(await report(t, hotel)).toMatchObject(refusal('gateway_unavailable'));
      await t.control('DELETE', '/faults');
    }
    expect((await report(t, hotel)).body.differences).toHaveLength(1);
    await resolveDifferences(t.ctx, [{ ...(await report(t, hotel)).body.differences[0], intentId: null }]);
  },
);

test.each([
  ['no dates', {}, 'from'],
  ['a date that is none', { from: '2027-02-30', to: '2027-03-01' }, 'from'],
  ['an end before the beginning', { from: '2027-03-02', to: '2027-03-01' }, 'to'],
  ['more than 31 days', { from: '2027-03-01', to: '2027-04-01' }, 'to'],
  ['another format', { from: '2027-03-01', to: '2027-03-31', format: 'xml' }, 'format'],
])('%s is refused', async (_, query, path) => {
  hotel = await t.hotelOf('AUTOMATIC');
  const answer = await report(t, hotel, query);
  expect(answer).toMatchObject(refusal('validation_failed'));
  expect(answer.body.errors.map((error: { path: string }) => error.path)).toContain(path);
});

test('31 days are not too many', async () => {
  hotel = await t.hotelOf('AUTOMATIC');
  const { status, body } = await report(t, hotel, { from: '2027-03-01', to: '2027-03-31' });
  expect({ status, body }).toMatchObject({
    status: 200,
    body: { balanced: true, from: '2027-03-01', to: '2027-03-31' },
  });
});
