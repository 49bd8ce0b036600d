import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { findViolations } from '../../../support/database/invariants.ts';
import { openDesk } from '../../../support/hotel/desk.ts';
import type { Desk } from '../../../support/hotel/desk.ts';
import { changeWallet, customerOf, findLedgerFaults } from '../../../support/money/wallet.ts';
import { startTestApp } from '../../../support/server/app.ts';
import type { TestApp } from '../../../support/server/app.ts';

// One night of 100.00 with a deposit of 30.00, by somebody with 200.00 in the wallet.

let t: TestApp;
let inn: Desk;

beforeAll(async () => {
  t = await startTestApp({ LOG_LEVEL: 'error' });
  const terms = { paymentPolicy: 'DEPOSIT', depositPolicy: { type: 'PERCENT', value: 3_000 } } as const;
  inn = await openDesk(t, { rooms: 40, property: terms });
});
afterEach(async () => {
  expect(await findLedgerFaults(t, inn.hotel.propertyId)).toEqual([]);
  expect(await findViolations(t.ctx)).toEqual([]);
});
afterAll(() => t.close());

let count = 0;
async function bookWithWallet() {
  count += 1;
  const guest = { firstName: 'Aoife', lastName: 'Byrne', email: `payer-${String(count)}@example.com` };
  const { code } = await inn.book({ guest });
  await changeWallet(inn, await customerOf(t, code), 20_000);
  const token = (await inn.call('POST', `/bookings/${code}/guest-link`, { body: {} })).body.guestToken as string;
  const pay = (purpose?: 'DEPOSIT' | 'BALANCE', headers = {}) => {
    const body = { walletAmount: 20_000, ...(purpose && { purpose }) };
    return t.call('POST', '/v1/guest/booking/payment-session', { token, body, headers });
  };
  const see = async () => (await inn.call('GET', `/bookings/${code}`)).body;
  return { code, token, pay, see };
}
const paid = { status: 200, body: { url: null, stage: 'CAPTURED', expiresAt: null } };

test('two clicks on a deposit without a key pay the deposit, and both are told so', async () => {
  const { pay, see } = await bookWithWallet();
  const answers = await Promise.all([pay('DEPOSIT'), pay('DEPOSIT')]);
  answers.push(await pay('DEPOSIT'));
  for (const answer of answers) expect(answer).toMatchObject(paid);
  expect(await see()).toMatchObject({ status: 'CONFIRMED', paidAmount: 3_000, balanceDue: 7_000 });
});

test('two clicks that name nothing pay the deposit, and the second is asked for what it is', async () => {
  const { pay, see } = await bookWithWallet();
  const answers = await Promise.all([pay(), pay()]);
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 400]);
  expect(answers.find(({ status }) => status === 400)?.body).toMatchObject({
    code: 'validation_failed',
    errors: [{ path: 'purpose' }],
  });
  expect(await see()).toMatchObject({ paidAmount: 3_000, balanceDue: 7_000 });
});

test('a new key for each click pays no more', async () => {
  const { pay, see } = await bookWithWallet();
  await pay(undefined, { 'idempotency-key': `first-click-of-${String(count)}` });
  expect((await pay(undefined, { 'idempotency-key': `second-click-of-${String(count)}` })).status).toBe(400);
  expect(await see()).toMatchObject({ paidAmount: 3_000 });
});

test('the balance is paid once it is named, however often', async () => {
  const { pay, see } = await bookWithWallet();
  await pay('DEPOSIT');
  const answers = await Promise.all([pay('BALANCE'), pay('BALANCE')]);
  answers.push(await pay('BALANCE'));
  for (const answer of answers) expect(answer).toMatchObject(paid);
  expect(await see()).toMatchObject({ paidAmount: 10_000, balanceDue: 0 });
  expect(await pay('DEPOSIT')).toMatchObject(paid);
});

test('the balance of a hold is refused, and nothing is taken', async () => {
  const { pay, see } = await bookWithWallet();
  expect(await pay('BALANCE')).toMatchObject({ status: 409, body: { code: 'invalid_transition' } });
  expect(await see()).toMatchObject({ status: 'PENDING_PAYMENT', paidAmount: 0 });
});

test('a deposit that came by hand is not "paid by the wallet"', async () => {
  const { code, pay } = await bookWithWallet();
  await inn.act(code, 'payments', { method: 'CASH', amount: 3_000 });
  expect(await pay('DEPOSIT')).toMatchObject({ status: 409, body: { code: 'already_paid' } });
});
