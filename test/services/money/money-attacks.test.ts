import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { declineUndecided } from '../../../src/services/desk/decision/decline-undecided.ts';
import { expireHolds } from '../../../src/services/selling/hold/expire-holds.ts';
import { authorize, HOUR_SECONDS, makeClocks } from '../../support/money/authorization.ts';
import type { Clocks } from '../../support/money/authorization.ts';
import { openBank } from '../../support/money/bank.ts';
import type { Bank } from '../../support/money/bank.ts';
import { daysAhead, stayBody } from '../../support/hotel/build.ts';
import { makeGuestMoney } from '../../support/money/guest-money.ts';
import type { GuestMoney } from '../../support/money/guest-money.ts';
import { findViolations } from '../../support/database/invariants.ts';
import { startPayingApp } from '../../support/sandbox/sandbox.ts';
import type { PayingApp } from '../../support/sandbox/sandbox.ts';
import { bookWithWallet } from '../../support/money/wallet-payer.ts';

// Money that comes in another way, in another amount or at another moment than was asked for.

let t: PayingApp;
let clocks: Clocks;
let money: GuestMoney;
let selling: Bank;
let asking: Bank;

beforeAll(async () => {
  t = await startPayingApp({ LOG_LEVEL: 'error' });
  clocks = makeClocks(t);
  money = makeGuestMoney(t);
  [selling, asking] = [await openBank(t), await openBank(t, 'STAFF')];
});
afterEach(async () => {
  await t.control('DELETE', '/faults');
  await t.control('POST', '/delivery', { paused: false });
  await clocks.later('0 minutes');
  await t.settle();
  await expireHolds(t.ctx);
  await t.settle();
  expect(await findViolations(t.ctx)).toEqual([]);
});
afterAll(() => t.close());

const moveTo = (bank: Bank, code: string, nights: number) =>
  bank.act(code, 'reschedule', { checkIn: daysAhead(30), checkOut: daysAhead(30 + nights) });

test('a lapsed request whose deposit was paid by hand asks the guest for nothing more, and is not declined for it', async () => {
  const bank = await openBank(t, 'STAFF');
  await money.askForDeposit(bank);
  const code = await money.lapse(bank, clocks);
  expect((await bank.act(code, 'payments', { method: 'CASH', amount: 4_000 })).status).toBe(200);
  for (const walletAmount of [undefined, 1_000]) {
    expect(await money.open(bank, code, walletAmount)).toMatchObject({
      status: 409,
      body: { code: 'invalid_transition' },
    });
  }
  await clocks.later('11 minutes');
  await declineUndecided(t.ctx);
  expect((await bank.act(code, 'approve', {})).body).toMatchObject({ status: 'CONFIRMED', paidAmount: 4_000 });
});

test('a lapsed request is paid by the wallet alone, once, and what was paid comes back when it is declined', async () => {
  const bank = await openBank(t, 'STAFF');
  await money.askForDeposit(bank);
  const code = await money.lapse(bank, clocks);
  const { balance } = await money.walletOf(bank, code);
  expect((await money.open(bank, code, 50_000)).body).toEqual({ url: null, stage: 'CAPTURED', expiresAt: null });
  expect((await money.open(bank, code, 50_000)).status).toBe(409);
  expect(await money.walletOf(bank, code)).toEqual({ balance: balance - 3_000, reserved: 0 });
  await clocks.later('11 minutes');
  await declineUndecided(t.ctx);
  expect(await bank.see(code)).toMatchObject({ status: 'PENDING_APPROVAL', paidAmount: 3_000 });
  await bank.act(code, 'decline', { reasonCode: 'NO_CAPACITY' });
  expect(await bank.see(code)).toMatchObject({ status: 'DECLINED', paidAmount: 0 });
  expect(await money.walletOf(bank, code)).toEqual({ balance, reserved: 0 });
});

test('a lapsed request that was moved to where it costs nothing is not paid for with nothing', async () => {
  const bank = await openBank(t, 'STAFF');
  const code = await money.lapse(bank, clocks);
  await t.database.sql(
    'UPDATE inventory_nights n SET price = 0 FROM room_types r WHERE r.id = n.room_type_id AND r.property_id = $1',
    [bank.hotel.propertyId],
  );
  expect((await moveTo(bank, code, 2)).body.price).toMatchObject({ totalPayable: 0 });
  expect(await money.open(bank, code, 100)).toMatchObject({ status: 409, body: { code: 'already_paid' } });
  expect(await bank.actionsOf(code, /^payment$/)).toEqual([]);
});

test('a lapsed request is paid again with a part of the wallet, which comes back when that lapses, too', async () => {
  const bank = await openBank(t, 'STAFF');
  const code = await money.lapse(bank, clocks);
  const { balance } = await money.walletOf(bank, code);
  await t.payOn((await money.open(bank, code, 3_000)).body.url as string);
  await t.reachesAtDesk(bank.hotel, code, { status: 'PENDING_APPROVAL', paymentStage: 'AUTHORIZED' });
  expect(await money.walletOf(bank, code)).toEqual({ balance, reserved: 3_000 });
  await clocks.pass(HOUR_SECONDS + 1);
  await t.reachesAtDesk(bank.hotel, code, { status: 'PENDING_APPROVAL', paymentStage: 'LAPSED' });
  expect(await money.walletOf(bank, code)).toEqual({ balance, reserved: 0 });
  expect((await money.open(bank, code, 10_000)).body.stage).toBe('CAPTURED');
  expect((await bank.act(code, 'approve', {})).body).toMatchObject({ status: 'CONFIRMED', paidAmount: 10_000 });
});

test('a request whose capture the gateway refuses can be paid again as long as a hold, and ends then', async () => {
  const { code } = await authorize(t, asking.hotel);
  const refusal = { method: 'POST', path: '/capture$', kind: 'error_before', status: 402, times: 1 };
  await t.control('POST', '/faults', refusal);
  expect(await asking.act(code, 'approve', {})).toMatchObject({ status: 409, body: { code: 'authorization_lapsed' } });
  await t.settle();
  await clocks.later('11 minutes');
  await declineUndecided(t.ctx);
  expect(await asking.see(code)).toMatchObject({ status: 'DECLINED', paidAmount: 0 });
});

test('a request of which too little was captured in the dashboard can be paid again as long as a hold, and ends then', async () => {
  const { code, intentId } = await money.authorizeWithWallet(asking);
  await t.control('POST', `/payment_intents/${intentId}/capture`, { amount: 14_000 });
  await t.reachesAtDesk(asking.hotel, code, { status: 'PENDING_APPROVAL', paymentStage: 'FAILED', paidAmount: 0 });
  expect(await money.walletOf(asking, code)).toEqual({ balance: 5_000, reserved: 0 });
  expect((await money.open(asking, code)).body.stage).toBe('SESSION_CREATED');
  await clocks.later('11 minutes');
  await declineUndecided(t.ctx);
  expect(await asking.see(code)).toMatchObject({ status: 'DECLINED' });
});

test('authorized with a part of the wallet and cheaper since: the card pays what is due, and the wallet keeps its part', async () => {
  const { code } = await money.authorizeWithWallet(asking);
  expect((await moveTo(asking, code, 1)).status).toBe(200);
  const approved = await asking.act(code, 'approve', {});
  expect(approved.body).toMatchObject({ status: 'CONFIRMED', paidAmount: 10_000, balanceDue: 0 });
  expect(await money.walletOf(asking, code)).toEqual({ balance: 5_000, reserved: 0 });
});

test('cheaper since, and captured in full in the dashboard: what was not due goes back', async () => {
  const { code, intentId } = await money.authorizeWithWallet(asking);
  expect((await moveTo(asking, code, 1)).status).toBe(200);
  await t.control('POST', `/payment_intents/${intentId}/capture`, {});
  await t.reachesAtDesk(asking.hotel, code, {
    status: 'CONFIRMED',
    paidAmount: 10_000,
    balanceDue: 0,
    refunds: [{ amount: 5_000, state: 'DONE', origin: 'SYSTEM' }],
  });
  expect(await money.walletOf(asking, code)).toEqual({ balance: 5_000, reserved: 0 });
});

test('a card that is captured for a hold whose own lines deny its total sells nothing, and goes back', async () => {
  const { code, url } = await t.bookAndOpen(selling.hotel.path, stayBody());
  const discount = (amount: number) =>
    t.database.sql(
      `UPDATE bookings SET price = price || jsonb_build_object('promoDiscount', $2::int) WHERE code = $1`,
      [...[code, amount]],
    );
  await discount(500);
  await t.payOn(url);
  await t.reachesAtDesk(selling.hotel, code, {
    status: 'PENDING_PAYMENT',
    paymentStage: 'FAILED',
    paidAmount: 0,
    refunds: [{ state: 'DONE', amount: 10_000 }],
  });
  expect(await selling.actionsOf(code, /mismatch/)).toEqual(['payment-mismatch']);
  await discount(0);
});

test('a page that is about to be closed is not answered again, though its amount is right again', async () => {
  const { code, guestToken, url } = await t.bookAndOpen(selling.hotel.path, stayBody());
  expect((await moveTo(selling, code, 2)).status).toBe(200);
  expect((await moveTo(selling, code, 1)).status).toBe(200);
  const again = await t.call('POST', '/v1/guest/booking/payment-session', { token: guestToken, body: {} });
  expect(again.body.url).not.toBe(url);
  await t.settle();
  await t.payOn(again.body.url as string);
  await t.reaches(guestToken, { status: 'CONFIRMED', paidAmount: 10_000 });
});

test('a page that is paid on while another is to replace it counts, with its own part of the wallet', async () => {
  const { open, token, wallet } = await bookWithWallet(t, selling.hotel);
  const first = await open(2_000);
  await t.control('POST', '/delivery', { paused: true });
  await t.payOn(first.body.url as string);
  expect(await open(4_000)).toMatchObject({ status: 409, body: { code: 'payment_in_progress' } });
  await t.control('POST', '/delivery', { paused: false });
  await t.reaches(token, { status: 'CONFIRMED', paidAmount: 10_000 });
  expect(await wallet()).toEqual({ balance: 3_000, reserved: 0 });
});

test('a balance that is paid in the moment of the no-show goes back, card and wallet', async () => {
  const bank = await openBank(t);
  await money.askForDeposit(bank);
  const { code, guestToken, url } = await t.bookAndOpen(bank.hotel.path, stayBody());
  await t.payOn(url);
  await t.reaches(guestToken, { status: 'CONFIRMED', paidAmount: 3_000 });
  await money.fill(bank, code, 5_000);
  const { balance } = await money.walletOf(bank, code);
  const page = await money.open(bank, code, 2_000, 'BALANCE');
  await clocks.later('31 days');
  await t.control('POST', '/delivery', { paused: true });
  await t.payOn(page.body.url as string);
  const noShow = await bank.act(code, 'no-show', {});
  expect(noShow).toMatchObject({ status: 200, body: { status: 'NO_SHOW', paidAmount: 3_000 } });
  await t.control('POST', '/delivery', { paused: false });
  await t.reachesAtDesk(bank.hotel, code, { payments: [{ stage: 'CAPTURED' }, { stage: 'VOIDED' }] });
  expect(await money.walletOf(bank, code)).toEqual({ balance, reserved: 0 });
});
