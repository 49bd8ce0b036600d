import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { declineUndecided } from '../../src/services/decision/decline-undecided.ts';
import { expireHolds } from '../../src/services/hold/expire-holds.ts';
import { authorize, HOUR_SECONDS, makeClocks } from '../support/authorization.ts';
import type { Clocks } from '../support/authorization.ts';
import { openBank } from '../support/bank.ts';
import type { Bank } from '../support/bank.ts';
import { daysAhead, stayBody } from '../support/build.ts';
import { findViolations } from '../support/invariants.ts';
import { startPayingApp } from '../support/sandbox.ts';
import type { PayingApp } from '../support/sandbox.ts';
import { changeWallet, customerOf, findLedgerFaults } from '../support/wallet.ts';
import { bookWithWallet } from '../support/wallet-payer.ts';

let t: PayingApp;
let clocks: Clocks;
let selling: Bank;
let asking: Bank;

beforeAll(async () => {
  t = await startPayingApp({ LOG_LEVEL: 'error' });
  clocks = makeClocks(t);
  [selling, asking] = [await openBank(t), await openBank(t, 'STAFF')];
});
afterEach(async () => {
  await t.control('DELETE', '/faults');
  await t.control('DELETE', '/delivery');
  await t.control('POST', '/delivery', { paused: false });
  await clocks.later('0 minutes');
  await t.settle();
  await expireHolds(t.ctx);
  await t.settle();
  for (const { hotel } of [selling, asking]) expect(await findLedgerFaults(t, hotel.propertyId)).toEqual([]);
  expect(await findViolations(t.ctx)).toEqual([]);
});
afterAll(() => t.close());

const pageOf = (token: string, walletAmount?: number) =>
  t.call('POST', '/v1/guest/booking/payment-session', {
    ...{ token, body: walletAmount === undefined ? {} : { walletAmount } },
  });

/** Deposits of 30 % from now on at a hotel. */
const askForDeposit = ({ hotel }: Bank) =>
  t.database.sql(
    `UPDATE properties SET payment_policy = 'DEPOSIT', deposit_policy = '{"type": "PERCENT", "value": 3000}' WHERE id = $1`,
    [hotel.propertyId],
  );

const deskOf = ({ hotel }: Bank) => ({
  call: ((method, path, options) =>
    t.call(method, `/v1/staff/properties/${hotel.slug}${path}`, { token: hotel.ownerToken, ...options })) as PayingApp['call'],
});
/** A link that may spend the wallet. */
const linkTo = async (bank: Bank, code: string): Promise<string> =>
  (await bank.act(code, 'guest-link', {})).body.guestToken as string;

async function lapse(bank: Bank): Promise<{ code: string; link: string }> {
  const { code } = await authorize(t, bank.hotel, { captureWindowSeconds: HOUR_SECONDS });
  await clocks.pass(HOUR_SECONDS + 1);
  await t.reachesAtDesk(bank.hotel, code, { status: 'PENDING_APPROVAL', paymentStage: 'LAPSED' });
  await changeWallet(deskOf(bank), await customerOf(t, code), 50_000);
  return { code, link: await linkTo(bank, code) };
}

test('A: a lapsed request whose deposit was paid by hand asks the guest for nothing more', async () => {
  const bank = await openBank(t, 'STAFF');
  await askForDeposit(bank);
  const { code, link } = await lapse(bank);
  expect((await bank.act(code, 'payments', { method: 'CASH', amount: 4_000 })).status).toBe(200);
  for (const wallet of [undefined, 1_000]) {
    expect(await pageOf(link, wallet)).toMatchObject({ status: 409, body: { code: 'invalid_transition' } });
  }
  await clocks.later('11 minutes');
  await declineUndecided(t.ctx);
  expect((await bank.act(code, 'approve', {})).body).toMatchObject({ status: 'CONFIRMED', paidAmount: 4_000 });
});

test('M: a lapsed request is paid by the wallet alone, once, and can be declined', async () => {
  const bank = await openBank(t, 'STAFF');
  await askForDeposit(bank);
  const { code, link } = await lapse(bank);
  expect((await pageOf(link, 50_000)).body).toEqual({ url: null, stage: 'CAPTURED', expiresAt: null });
  expect(await pageOf(link, 50_000)).toMatchObject({ status: 409 });
  await clocks.later('11 minutes');
  await declineUndecided(t.ctx);
  const { status, paidAmount, holdExpiresAt } = await bank.see(code);
  expect({ status, paidAmount, holdExpiresAt }).toEqual({ status: 'PENDING_APPROVAL', paidAmount: 3_000, holdExpiresAt: undefined });
  expect((await bank.act(code, 'decline', { reasonCode: 'NO_CAPACITY' })).body).toMatchObject({ status: 'DECLINED', paidAmount: 0 });
});

test('N: a lapsed request that is moved to where it costs nothing asks for nothing', async () => {
  const bank = await openBank(t, 'STAFF');
  const { code, link } = await lapse(bank);
  await t.database.sql('UPDATE room_types SET base_rate = 0 WHERE property_id = $1', [bank.hotel.propertyId]).catch((e) => console.log(String(e)));
  await t.database.sql('UPDATE inventory_nights n SET price = 0 FROM room_types r WHERE r.id = n.room_type_id AND r.property_id = $1', [bank.hotel.propertyId]).catch((e) => console.log(String(e)));
  const moved = await bank.act(code, 'reschedule', { checkIn: daysAhead(40), checkOut: daysAhead(41) });
  console.log(moved.status, moved.body.price?.totalPayable, moved.body.code);
  const page = await pageOf(link, 100);
  console.log(page.status, page.body.code);
  expect(page).toMatchObject({ status: 409, body: { code: 'already_paid' } });
});

test('L: a page that is about to be closed is not answered again, though its amount fits again', async () => {
  const { code, guestToken, url } = await t.bookAndOpen(selling.hotel.path, stayBody());
  expect((await selling.act(code, 'reschedule', { checkIn: daysAhead(30), checkOut: daysAhead(32) })).status).toBe(200);
  expect((await selling.act(code, 'reschedule', { checkIn: daysAhead(30), checkOut: daysAhead(31) })).status).toBe(200);
  const again = await pageOf(guestToken);
  console.log(again.status, again.body.url === url);
  await t.settle();
  await t.payOn(again.body.url as string);
  await t.reaches(guestToken, { status: 'CONFIRMED', paidAmount: 10_000 });
});

test('B: a charge won back for a stay that became cheaper: cancelling on the policy’s terms keeps no more than the price', async () => {
  await t.database.sql(`UPDATE properties SET cancellation_policy = '{"tiers": [{"hoursBefore": 9000, "refundPercent": 100}]}' WHERE id = $1`, [selling.hotel.propertyId]);
  const { code, url, guestToken } = await t.bookAndOpen(selling.hotel.path, stayBody({ checkIn: daysAhead(20), checkOut: daysAhead(22) }));
  await t.database.sql(`UPDATE properties SET cancellation_policy = '{"tiers": []}' WHERE id = $1`, [selling.hotel.propertyId]);
  await t.payOn(url);
  await t.reaches(guestToken, { status: 'CONFIRMED' });
  const { payment_intents: intents } = await t.control('GET', '/state');
  const charge = intents.find((i: any) => i.metadata.booking_code === code).latest_charge;
  const dispute = await selling.dispute(charge);
  await t.reachesAtDesk(selling.hotel, code, { disputes: [{ status: 'OPEN' }] });
  const moved = await selling.act(code, 'reschedule', { checkIn: daysAhead(20), checkOut: daysAhead(21) });
  expect(moved.status).toBe(200);
  await selling.close(dispute, 'won');
  await t.reachesAtDesk(selling.hotel, code, { disputes: [{ status: 'WON' }] });
  const cancelled = await selling.act(code, 'cancel', {});
  console.log(JSON.stringify([cancelled.status, cancelled.body.code, cancelled.body.paidAmount, cancelled.body.feeAmount]));
  expect(cancelled).toMatchObject({ status: 200, body: { status: 'CANCELLED', paidAmount: 10_000, feeAmount: 10_000 } });
});

test('C: all of an authorization is captured in the dashboard though the stay has become cheaper', async () => {
  const stay = stayBody({ checkIn: daysAhead(30), checkOut: daysAhead(32) });
  const { code, intentId } = await authorize(t, asking.hotel, { stay });
  expect((await asking.act(code, 'reschedule', { checkIn: daysAhead(30), checkOut: daysAhead(31) })).status).toBe(200);
  await t.control('POST', `/payment_intents/${intentId}/capture`, {});
  await t.reachesAtDesk(asking.hotel, code, { status: 'CONFIRMED', paidAmount: 10_000, balanceDue: 0 });
});

test('D: what a no-show was given back by the policy is not owed', async () => {
  const { code } = await selling.bookAndPay();
  await t.database.sql(
    `UPDATE bookings SET cancellation_policy = '{"tiers": [], "noShowFeePercent": 80}' WHERE code = $1`,
    [code],
  );
  await clocks.later('31 days');
  const marked = await selling.act(code, 'no-show', {});
  expect(marked.body).toMatchObject({ status: 'NO_SHOW', paidAmount: 8_000, feeAmount: 8_000, balanceDue: 0 });
});

test('E: a dashboard refund of a card, while another of it waits and cash is there, leaves nothing waiting for ever', async () => {
  const bank = await openBank(t);
  await askForDeposit(bank);
  const { code, guestToken, url } = await t.bookAndOpen(bank.hotel.path, stayBody());
  await t.payOn(url);
  await t.reaches(guestToken, { status: 'CONFIRMED', paidAmount: 3_000 });
  expect((await bank.act(code, 'payments', { method: 'CASH', amount: 7_000 })).status).toBe(200);
  const { payment_intents: intents } = await t.control('GET', '/state');
  const intent = intents.find((i: any) => i.metadata.booking_code === code).id;
  await t.control('POST', '/faults', { method: 'POST', path: '/refunds$', kind: 'error_before', status: 500, times: 3 });
  expect(await bank.refund(code, 2_000)).toMatchObject({ status: 202 });
  await t.control('POST', '/refunds', { payment_intent: intent, amount: 3_000 });
  await t.reachesAtDesk(bank.hotel, code, { paidAmount: 7_000 });
  await t.control('DELETE', '/faults');
  await clocks.later('10 minutes');
  await t.settle();
  const seen = await bank.see(code);
  console.log(JSON.stringify([seen.refunds, seen.waivedAmount, seen.balanceDue, seen.paidAmount]));
  expect(seen.refunds.map((r: any) => r.state)).toEqual(['CANCELLED', 'DONE']);
  expect(await bank.act(code, 'cancel', {})).toMatchObject({ status: 200 });
});

test('F: a refund that waits gives way to one of all in the dashboard, and nothing is waived twice', async () => {
  const { code, intentId } = await selling.bookAndPay();
  await t.control('POST', '/faults', { method: 'POST', path: '/refunds$', kind: 'error_before', status: 500, times: 3 });
  expect(await selling.refund(code, 4_000)).toMatchObject({ status: 202 });
  await t.control('POST', '/refunds', { payment_intent: intentId, amount: 10_000 });
  await t.reachesAtDesk(selling.hotel, code, { paidAmount: 0 });
  const [row] = await t.database.sql('SELECT waived_amount::int, paid_amount::int FROM bookings WHERE code = $1', [code]);
  expect(row).toEqual({ waived_amount: 10_000, paid_amount: 0 });
});

test('G: a fee that is given back after all is kept no longer', async () => {
  const { code, intentId } = await selling.bookAndPay();
  expect((await selling.act(code, 'cancel', { refundPercent: 50, reason: 'x' })).body).toMatchObject({ feeAmount: 5_000, paidAmount: 5_000 });
  expect((await selling.refund(code, 2_000)).status).toBe(200);
  const seen = await selling.see(code);
  expect.soft(seen).toMatchObject({ paidAmount: 3_000, feeAmount: 3_000 });
  const { id } = await t.control('POST', '/refunds', { payment_intent: intentId, amount: 3_000 });
  await t.reachesAtDesk(selling.hotel, code, { paidAmount: 0 });
  await t.control('POST', `/refunds/${id}/fail`);
  await t.reachesAtDesk(selling.hotel, code, { paidAmount: 3_000 });
  expect(await selling.see(code)).toMatchObject({ feeAmount: 3_000 });
});

test('H: a card captured for a hold whose lines deny its total confirms nothing', async () => {
  const { code, url } = await t.bookAndOpen(selling.hotel.path, stayBody());
  await t.database.sql(`UPDATE bookings SET price = jsonb_set(price, '{promoDiscount}', '500') WHERE code = $1`, [code]);
  await t.payOn(url);
  await t.reachesAtDesk(selling.hotel, code, { paidAmount: 0, refunds: [{ state: 'DONE', amount: 10_000 }] });
  const seen = await selling.see(code);
  console.log(seen.status, seen.paymentStage);
  expect(seen.status).not.toBe('CONFIRMED');
  await t.database.sql(`UPDATE bookings SET price = jsonb_set(price, '{promoDiscount}', '0') WHERE code = $1`, [code]);
});

test('K: the page that is replaced by one with a wallet part is paid on in that moment: paid once', async () => {
  const { open, token, wallet, code } = await bookWithWallet(t, selling.hotel);
  const first = (await open(2_000)).body.url as string;
  await t.control('POST', '/delivery', { paused: true });
  await t.payOn(first);
  const second = await open(4_000);
  console.log(second.status, second.body.code, second.body.stage);
  await t.control('POST', '/delivery', { paused: false });
  await t.reaches(token, { status: 'CONFIRMED', paidAmount: 10_000 });
  expect(await wallet()).toEqual({ balance: 3_000, reserved: 0 });
  expect(code).toBeTruthy();
});

/** Two nights, 200.00, of which 50.00 come from the wallet and the rest is authorized. */
async function authorizeWithWallet() {
  const { code, guestToken } = (
    await t.call('POST', `${asking.hotel.path}/bookings`, { body: stayBody({ guest: { firstName: 'A', lastName: 'B', email: `${String(Math.random()).slice(2)}@example.com` }, checkIn: daysAhead(30), checkOut: daysAhead(32) }) })
  ).body.booking as any;
  void guestToken;
  const customer = await customerOf(t, code);
  await changeWallet(deskOf(asking), customer, 5_000);
  const link = await linkTo(asking, code);
  await t.payOn((await pageOf(link, 5_000)).body.url as string);
  await t.reachesAtDesk(asking.hotel, code, { status: 'PENDING_APPROVAL', paymentStage: 'AUTHORIZED' });
  const wallet = async () => (await deskOf(asking).call('GET', `/customers/${customer}/wallet`)).body;
  const { payment_intents: intents } = await t.control('GET', '/state');
  return { code, link, wallet, intent: intents.find((i: any) => i.metadata.booking_code === code).id as string };
}

test('KK: cheaper since: the card pays what is due and the wallet keeps its part', async () => {
  const { code, wallet } = await authorizeWithWallet();
  expect((await asking.act(code, 'reschedule', { checkIn: daysAhead(30), checkOut: daysAhead(31) })).status).toBe(200);
  expect((await asking.act(code, 'approve', {})).body).toMatchObject({ status: 'CONFIRMED', paidAmount: 10_000, balanceDue: 0 });
  expect(await wallet()).toMatchObject({ balance: 5_000, reserved: 0 });
});

test('KK2: cheaper since and captured in full in the dashboard', async () => {
  const { code, wallet, intent } = await authorizeWithWallet();
  expect((await asking.act(code, 'reschedule', { checkIn: daysAhead(30), checkOut: daysAhead(31) })).status).toBe(200);
  await t.control('POST', `/payment_intents/${intent}/capture`, {});
  await t.reachesAtDesk(asking.hotel, code, { status: 'CONFIRMED', paidAmount: 10_000, balanceDue: 0 });
  expect(await wallet()).toMatchObject({ balance: 5_000, reserved: 0 });
});

test('KK3: a part captured in the dashboard, less than the deposit with the wallet', async () => {
  const { code, wallet, intent } = await authorizeWithWallet();
  await t.control('POST', `/payment_intents/${intent}/capture`, { amount: 14_000 });
  await t.reachesAtDesk(asking.hotel, code, { status: 'PENDING_APPROVAL', paidAmount: 0, paymentStage: 'FAILED' });
  expect(await wallet()).toMatchObject({ balance: 5_000, reserved: 0 });
  console.log(JSON.stringify((await asking.act(code, 'approve', {})).body.code));
});

test('MM: what was given back out of kindness does not make the next nights free', async () => {
  const { code } = await selling.bookAndPay();
  expect((await selling.refund(code, 10_000)).status).toBe(200);
  expect(await selling.act(code, 'reschedule', { checkIn: daysAhead(30), checkOut: daysAhead(32) })).toMatchObject({ status: 200, body: { balanceDue: 10_000 } });
});

test('VV: a card that was given back says nothing of the cash that is still there', async () => {
  const bank = await openBank(t);
  await askForDeposit(bank);
  const { code, guestToken, url } = await t.bookAndOpen(bank.hotel.path, stayBody());
  await t.payOn(url);
  await t.reaches(guestToken, { status: 'CONFIRMED', paidAmount: 3_000 });
  expect((await bank.act(code, 'payments', { method: 'CASH', amount: 7_000 })).status).toBe(200);
  expect((await bank.refund(code, 3_000)).status).toBe(200);
  expect(await bank.see(code)).toMatchObject({ paidAmount: 7_000, paymentStage: 'PARTIALLY_REFUNDED' });
  expect((await bank.refund(code, 7_000)).status).toBe(200);
  expect(await bank.see(code)).toMatchObject({ paidAmount: 0, paymentStage: 'REFUNDED' });
});

test('AJ: a lapsed request is paid again with a wallet part, and lapses again', async () => {
  const bank = await openBank(t, 'STAFF');
  const { code, link } = await lapse(bank);
  await t.payOn((await pageOf(link, 3_000)).body.url as string);
  await t.reachesAtDesk(bank.hotel, code, { status: 'PENDING_APPROVAL', paymentStage: 'AUTHORIZED' });
  const wallet = async () => (await t.call('GET', '/v1/guest/wallet', { token: link })).body;
  expect(await wallet()).toMatchObject({ balance: 50_000, available: 47_000 });
  await clocks.pass(HOUR_SECONDS + 1);
  await t.reachesAtDesk(bank.hotel, code, { status: 'PENDING_APPROVAL', paymentStage: 'LAPSED' });
  expect(await wallet()).toMatchObject({ balance: 50_000, available: 50_000 });
  expect((await pageOf(link, 10_000)).body.stage).toBe('CAPTURED');
  expect((await bank.act(code, 'approve', {})).body).toMatchObject({ status: 'CONFIRMED', paidAmount: 10_000 });
});

test('AL: a balance page with a wallet part is paid in the moment of the no-show', async () => {
  const bank = await openBank(t);
  await askForDeposit(bank);
  const { code, guestToken, url } = await t.bookAndOpen(bank.hotel.path, stayBody());
  await t.payOn(url);
  await t.reaches(guestToken, { status: 'CONFIRMED', paidAmount: 3_000 });
  await changeWallet(deskOf(bank), await customerOf(t, code), 5_000);
  await clocks.later('31 days');
  const link = await linkTo(bank, code);
  const page = await pageOf(link, 2_000);
  await t.control('POST', '/delivery', { paused: true });
  await t.payOn(page.body.url as string);
  const noShow = await bank.act(code, 'no-show', {});
  expect(noShow).toMatchObject({ status: 200, body: { status: 'NO_SHOW', paidAmount: 3_000 } });
  await t.control('POST', '/delivery', { paused: false });
  await t.settle();
  await t.reachesAtDesk(bank.hotel, code, { payments: [{ stage: 'CAPTURED' }, { stage: 'VOIDED' }] });
  expect((await deskOf(bank).call('GET', `/customers/${await customerOf(t, code)}/wallet`)).body).toMatchObject({ balance: 5_000, reserved: 0 });
});
