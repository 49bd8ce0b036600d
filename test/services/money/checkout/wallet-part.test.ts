import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { expireHolds } from '../../../../src/services/selling/hold/expire-holds.ts';
import type { Answer } from '../../../support/server/app.ts';
import { makeClocks } from '../../../support/money/authorization.ts';
import type { Clocks } from '../../../support/money/authorization.ts';
import { daysAhead } from '../../../support/hotel/build.ts';
import { findViolations } from '../../../support/database/invariants.ts';
import { refusal } from '../../../support/http/problems.ts';
import { startPayingApp } from '../../../support/sandbox/sandbox.ts';
import type { PaidHotel, PayingApp } from '../../../support/sandbox/sandbox.ts';
import { findLedgerFaults } from '../../../support/money/wallet.ts';
import { bookWithWallet } from '../../../support/money/wallet-payer.ts';

let t: PayingApp;
let clocks: Clocks;
let asking: PaidHotel;
let selling: PaidHotel;
const PAGE_SECONDS = 35 * 60;

beforeAll(async () => {
  t = await startPayingApp();
  clocks = makeClocks(t);
  asking = await t.hotelOf('STAFF', 40);
  selling = await t.hotelOf('AUTOMATIC', 40);
});
afterEach(async () => {
  await t.control('DELETE', '/faults');
  await t.control('DELETE', '/delivery');
  await clocks.later('0 minutes');
  await t.settle();
  for (const { propertyId } of [asking, selling]) expect(await findLedgerFaults(t, propertyId)).toEqual([]);
  await expireHolds(t.ctx);
  await t.settle();
  expect(await findViolations(t.ctx)).toEqual([]);
});
afterAll(() => t.close());

const urlOf = ({ status, body }: Answer): string => {
  expect({ status, stage: body.stage }).toEqual({ status: 200, stage: 'SESSION_CREATED' });
  return body.url as string;
};

/** What the card is to pay on this page. */
async function amountOf(url: string): Promise<number> {
  const { sessions } = (await t.control('GET', '/state')) as {
    sessions: { id: string; amount_total: number }[];
  };
  return sessions.find(({ id }) => url.includes(id))?.amount_total ?? -1;
}

async function paymentsOf(code: string): Promise<{ provider: string; stage: string; amount: string; held: boolean }[]> {
  return t.database.sql(
    `SELECT p.provider, p.stage::text, p.amount, p.is_wallet_held AS held FROM payments p JOIN bookings b ON b.id = p.booking_id
     WHERE b.code = $1 ORDER BY p.id`,
    [code],
  );
}

test('the part is set aside with the page, and the card is asked for the rest', async () => {
  const { open, wallet, token } = await bookWithWallet(t, selling);
  const url = urlOf(await open(3_000));
  expect(await amountOf(url)).toBe(7_000);
  expect(await wallet()).toEqual({ balance: 5_000, reserved: 3_000 });
  const { body } = await t.call('GET', '/v1/guest/wallet', { token });
  expect(body).toEqual({ balance: 5_000, available: 2_000, currency: 'EUR' });
  // The same page again, whether the amount is named or not.
  expect(urlOf(await open(3_000))).toBe(url);
  expect(urlOf(await open())).toBe(url);
  expect(await wallet()).toEqual({ balance: 5_000, reserved: 3_000 });
});

test('the booking says what the wallet pays of it, while the page is open, when it is paid, and when the page is replaced', async () => {
  const { open, token, reachesWallet } = await bookWithWallet(t, selling);
  const price = async () => (await t.call('GET', '/v1/guest/booking', { token })).body.price;
  expect(await price()).toMatchObject({ depositDue: 10_000, walletApplied: 0, gatewayPayable: 10_000 });
  urlOf(await open(3_000));
  expect(await price()).toMatchObject({ walletApplied: 3_000, gatewayPayable: 7_000 });
  const url = urlOf(await open(4_500));
  expect(await price()).toMatchObject({ walletApplied: 4_500, gatewayPayable: 5_500 });
  await t.payOn(url);
  await reachesWallet(500, 0);
  expect(await price()).toMatchObject({ walletApplied: 4_500, gatewayPayable: 5_500 });
});

test('a dry run sets nothing aside', async () => {
  const { open, wallet } = await bookWithWallet(t, selling);
  expect((await open(3_000, { prefer: 'dry-run' })).status).toBe(200);
  expect(await wallet()).toEqual({ balance: 5_000, reserved: 0 });
});

test('another part replaces the first, and none takes it back; the page before is closed', async () => {
  const { open, wallet, code } = await bookWithWallet(t, selling);
  const first = urlOf(await open(3_000));
  const second = urlOf(await open(4_500));
  expect(second).not.toBe(first);
  expect(await amountOf(second)).toBe(5_500);
  expect(await wallet()).toEqual({ balance: 5_000, reserved: 4_500 });
  const third = urlOf(await open(0));
  expect(await amountOf(third)).toBe(10_000);
  expect(await wallet()).toEqual({ balance: 5_000, reserved: 0 });
  expect((await paymentsOf(code)).map(({ stage }) => stage)).toEqual(['FAILED', 'FAILED', 'SESSION_CREATED']);
});

test('a page that is replaced because the stay has become dearer keeps the part that it had', async () => {
  const { open, wallet, staff } = await bookWithWallet(t, selling);
  const first = urlOf(await open(3_000));
  const longer = { checkIn: daysAhead(30), checkOut: daysAhead(32) };
  expect((await staff('reschedule', longer)).body).toMatchObject({ price: { totalPayable: 20_000 } });
  const second = urlOf(await open());
  expect(second).not.toBe(first);
  expect(await amountOf(second)).toBe(17_000);
  expect(await wallet()).toEqual({ balance: 5_000, reserved: 3_000 });
});

test('a replacement that the wallet does not cover leaves no page open and nothing set aside', async () => {
  const { open, wallet } = await bookWithWallet(t, selling);
  urlOf(await open(3_000));
  expect(await open(5_001)).toMatchObject({
    status: 409,
    body: { code: 'insufficient_wallet_balance', available: 5_000, currency: 'EUR' },
  });
  expect(await wallet()).toEqual({ balance: 5_000, reserved: 0 });
  expect(await amountOf(urlOf(await open(5_000)))).toBe(5_000);
});

test('what is set aside is neither debited by staff nor spent on another booking', async () => {
  const email = `${randomUUID()}@example.com`;
  const first = await bookWithWallet(t, selling, 5_000, email);
  urlOf(await first.open(4_000));
  const second = await bookWithWallet(t, selling, 0, email);
  expect(await second.open(1_001)).toMatchObject({
    status: 409,
    body: { code: 'insufficient_wallet_balance', available: 1_000 },
  });
  const debit = await t.call('POST', `/v1/staff/properties/${selling.slug}/customers/${first.customer}/wallet/debits`, {
    token: selling.ownerToken,
    body: { amount: 1_001, reason: 'Mistake' },
  });
  expect(debit).toMatchObject({ status: 409, body: { available: 1_000 } });
  urlOf(await second.open(1_000));
  expect(await first.wallet()).toEqual({ balance: 5_000, reserved: 5_000 });
});

test('it comes back when the hold ends unpaid', async () => {
  const { open, token, reachesWallet } = await bookWithWallet(t, selling);
  urlOf(await open(3_000));
  await clocks.later('11 minutes');
  await expireHolds(t.ctx);
  await t.reaches(token, { status: 'EXPIRED' });
  await reachesWallet(5_000, 0);
});

test('it comes back when the card is declined and the page runs out, and can be set aside again', async () => {
  await t.database.sql('UPDATE properties SET hold_minutes = 60 WHERE id = $1', [selling.propertyId]);
  const { open, code, token, wallet, reachesWallet } = await bookWithWallet(t, selling);
  const url = urlOf(await open(3_000));
  await t.payOn(url, 'declined');
  await t.settle();
  expect(await wallet()).toEqual({ balance: 5_000, reserved: 3_000 });
  await clocks.pass(PAGE_SECONDS + 1);
  await reachesWallet(5_000, 0);
  await t.reaches(token, { status: 'PENDING_PAYMENT', paymentStage: 'FAILED' });
  await t.payOn(urlOf(await open(2_000)));
  await t.reaches(token, { status: 'CONFIRMED', paidAmount: 10_000 });
  expect(await wallet()).toEqual({ balance: 3_000, reserved: 0 });
  expect((await paymentsOf(code)).some(({ held }) => held)).toBe(false);
  await t.database.sql('UPDATE properties SET hold_minutes = 10 WHERE id = $1', [selling.propertyId]);
});

test('it comes back when the gateway makes no page', async () => {
  const { open, wallet } = await bookWithWallet(t, selling);
  await t.control('POST', '/faults', {
    method: 'POST',
    path: '/checkout/sessions$',
    kind: 'error_before',
    status: 400,
    times: 1,
  });
  const refused = await open(3_000);
  expect(refused).toMatchObject(refusal('payment_refused'));
  // It would be refused again.
  expect(refused.headers['retry-after']).toBeUndefined();
  expect(await wallet()).toEqual({ balance: 5_000, reserved: 0 });
  urlOf(await open(3_000));
});

test('it comes back when the guest cancels, and when everything is paid by hand instead', async () => {
  const cancelled = await bookWithWallet(t, selling);
  urlOf(await cancelled.open(3_000));
  expect((await t.call('POST', '/v1/guest/booking/cancel', { token: cancelled.token, body: {} })).body.status).toBe(
    'CANCELLED',
  );
  await cancelled.reachesWallet(5_000, 0);
  const paid = await bookWithWallet(t, selling);
  urlOf(await paid.open(3_000));
  expect(await paid.staff('payments', { method: 'CASH', amount: 10_000 })).toMatchObject({
    status: 200,
    body: { status: 'CONFIRMED', paidAmount: 10_000 },
  });
  await paid.reachesWallet(5_000, 0);
});

test('it stays set aside while staff decide, and comes back when they decline', async () => {
  const { open, token, staff, wallet, reachesWallet } = await bookWithWallet(t, asking);
  await t.payOn(urlOf(await open(3_000)));
  await t.reaches(token, { status: 'PENDING_APPROVAL', paymentStage: 'AUTHORIZED' });
  expect(await wallet()).toEqual({ balance: 5_000, reserved: 3_000 });
  expect((await staff('decline', { reasonCode: 'NO_CAPACITY' })).body.status).toBe('DECLINED');
  await reachesWallet(5_000, 0);
});

test('it is taken when staff approve, and both parts are payments of the booking', async () => {
  const { code, open, token, staff, wallet } = await bookWithWallet(t, asking);
  await t.payOn(urlOf(await open(3_000)));
  await t.reaches(token, { status: 'PENDING_APPROVAL' });
  t.logged.length = 0;
  expect((await staff('approve')).body).toMatchObject({ status: 'CONFIRMED', paidAmount: 10_000, balanceDue: 0 });
  expect(await wallet()).toEqual({ balance: 2_000, reserved: 0 });
  expect(await paymentsOf(code)).toEqual([
    { provider: 'STRIPE', stage: 'CAPTURED', amount: '7000', held: false },
    { provider: 'WALLET', stage: 'CAPTURED', amount: '3000', held: false },
  ]);
  const mode = 'WALLET_AND_GATEWAY';
  expect(t.logged.filter(({ event }) => /^(WALLET|PAYMENT_FINALIZE)/.test(String(event)))).toMatchObject([
    { event: 'WALLET_DEDUCTED', code, mode, amount: 3_000 },
    { event: 'PAYMENT_FINALIZE_SUCCESS', code, mode, amount: 10_000, walletDeducted: 3_000, gatewayCharged: 7_000 },
  ]);
});

test('it is taken once, though every webhook comes twenty times and all of them at once', async () => {
  await t.control('POST', '/delivery', { duplicate: 20, shuffle: true });
  const { code, open, token, wallet } = await bookWithWallet(t, selling);
  await t.payOn(urlOf(await open(3_000)));
  await t.reaches(token, { status: 'CONFIRMED', paidAmount: 10_000, balanceDue: 0 });
  await t.control('POST', '/delivery/flush');
  await t.settle();
  expect(await wallet()).toEqual({ balance: 2_000, reserved: 0 });
  const rows = await t.database.sql(
    `SELECT t.kind::text, t.amount::int FROM ledger_transfers t JOIN bookings b ON b.id = t.booking_id WHERE b.code = $1 ORDER BY t.id`,
    [code],
  );
  expect(rows).toEqual([
    { kind: 'PAYMENT', amount: 3_000 },
    { kind: 'PAYMENT', amount: 7_000 },
  ]);
});

test('twenty clicks at once on the same part set it aside once', async () => {
  const { open, wallet } = await bookWithWallet(t, selling);
  const answers = await Promise.all(Array.from({ length: 20 }, () => open(3_000)));
  // A machine that is busy may say so to some.
  const opened = answers.filter(({ status }) => status !== 503);
  expect(new Set(opened.map(({ status }) => status))).toEqual(new Set([200]));
  expect(new Set(opened.map(({ body }) => body.url as string)).size).toBe(1);
  expect(await wallet()).toEqual({ balance: 5_000, reserved: 3_000 });
});

test('money that comes after the hold has ended brings the booking back, its part of the wallet with it', async () => {
  const { open, token, wallet } = await bookWithWallet(t, selling);
  const url = urlOf(await open(3_000));
  // The page can not be closed at this moment, so that the guest is quicker.
  await t.control('POST', '/faults', { method: 'POST', path: '/expire$', kind: 'error_before', status: 500, times: 3 });
  await clocks.later('11 minutes');
  await expireHolds(t.ctx);
  await t.payOn(url);
  await t.reaches(token, { status: 'CONFIRMED', paidAmount: 10_000 });
  expect(await wallet()).toEqual({ balance: 2_000, reserved: 0 });
});

test('a balance can be paid by wallet and card together, and by the wallet alone', async () => {
  await t.database.sql(
    `UPDATE properties SET payment_policy = 'DEPOSIT', deposit_policy = '{"type": "PERCENT", "value": 2000}' WHERE id = $1`,
    [selling.propertyId],
  );
  const both = await bookWithWallet(t, selling);
  await t.payOn(urlOf(await both.open(500)));
  await t.reaches(both.token, { status: 'CONFIRMED', paidAmount: 2_000, balanceDue: 8_000 });
  await t.payOn(urlOf(await both.openBalance(4_000)));
  await t.reaches(both.token, { paidAmount: 10_000, balanceDue: 0 });
  await both.reachesWallet(500, 0);
  const alone = await bookWithWallet(t, selling, 20_000);
  expect((await alone.open(20_000)).body).toEqual({ url: null, stage: 'CAPTURED', expiresAt: null });
  await t.reaches(alone.token, { status: 'CONFIRMED', paidAmount: 2_000, balanceDue: 8_000 });
  expect((await alone.openBalance(20_000)).body.stage).toBe('CAPTURED');
  await t.reaches(alone.token, { paidAmount: 10_000, balanceDue: 0 });
  expect(await alone.wallet()).toEqual({ balance: 10_000, reserved: 0 });
  expect(await alone.open(1)).toMatchObject({ status: 409, body: { code: 'already_paid' } });
});
