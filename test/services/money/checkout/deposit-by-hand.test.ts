import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { declineUndecided } from '../../../../src/services/desk/decision/decline-undecided.ts';
import { openBank } from '../../../support/money/bank.ts';
import type { Bank } from '../../../support/money/bank.ts';
import { stayBody } from '../../../support/hotel/build.ts';
import { makeGuestMoney } from '../../../support/money/guest-money.ts';
import type { GuestMoney } from '../../../support/money/guest-money.ts';
import { startPayingApp } from '../../../support/sandbox/sandbox.ts';
import type { PayingApp } from '../../../support/sandbox/sandbox.ts';

// One night of 100.00, of which 30.00 are paid first, where staff decide.

let t: PayingApp;
let bank: Bank;
let money: GuestMoney;

beforeAll(async () => {
  t = await startPayingApp({ LOG_LEVEL: 'error' });
  bank = await openBank(t, 'STAFF');
  money = makeGuestMoney(t);
  await money.askForDeposit(bank);
});
afterEach(async () => {
  await t.control('DELETE', '/faults');
  await t.database.travel('0');
  await bank.rest();
  await bank.expectSameAccount();
});
afterAll(() => t.close());

const book = async () => (await t.call('POST', `${bank.hotel.path}/bookings`, { body: stayBody() })).body.booking.code;
const payByHand = async (code: string) => {
  const paid = await bank.act(code, 'payments', { method: 'CASH', amount: 3_000 });
  expect(paid.body).toMatchObject({ status: 'PENDING_APPROVAL', paidAmount: 3_000 });
};

test('a deposit that staff took by hand is not taken from the card as well', async () => {
  const { code, url } = await t.bookAndOpen(bank.hotel.path, stayBody());
  // The page can not be closed at this moment, so that the guest is quicker.
  await t.control('POST', '/faults', { method: 'POST', path: '/expire$', kind: 'error_before', status: 500, times: 3 });
  await payByHand(code);
  await t.payOn(url);
  await t.reachesAtDesk(bank.hotel, code, { payments: [{ stage: 'VOIDED' }, { stage: 'CAPTURED' }] });
  expect(await bank.act(code, 'approve', {})).toMatchObject({
    status: 200,
    body: { status: 'CONFIRMED', paidAmount: 3_000, balanceDue: 7_000 },
  });
});

test('a request whose deposit came by hand and that nobody decides on is declined at its start, and pays it back', async () => {
  const code = await book();
  await payByHand(code);
  await t.database.travel('29 days');
  expect(await declineUndecided(t.ctx)).toEqual([]);
  await t.database.travel('31 days');
  expect(await declineUndecided(t.ctx)).toEqual([code]);
  expect(await bank.see(code)).toMatchObject({
    status: 'DECLINED',
    declineReasonCode: 'NOT_DECIDED_IN_TIME',
    refunds: [{ destination: 'MANUAL', amount: 3_000, state: 'PENDING' }],
  });
});

test('a request whose deposit the wallet paid is declined at its start too, and the wallet has it again', async () => {
  const code = await book();
  await money.fill(bank, code, 5_000);
  expect((await money.open(bank, code, 3_000)).body).toMatchObject({ stage: 'CAPTURED' });
  expect(await bank.see(code)).toMatchObject({ status: 'PENDING_APPROVAL', paidAmount: 3_000 });
  await t.database.travel('31 days');
  expect(await declineUndecided(t.ctx)).toEqual([code]);
  expect(await bank.see(code)).toMatchObject({ status: 'DECLINED', paidAmount: 0 });
  expect(await money.walletOf(bank, code)).toEqual({ balance: 5_000, reserved: 0 });
});
