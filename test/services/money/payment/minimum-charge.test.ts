import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { findViolations } from '../../../support/database/invariants.ts';
import { refusal } from '../../../support/http/problems.ts';
import { startPayingApp } from '../../../support/sandbox/sandbox.ts';
import type { PaidHotel, PayingApp } from '../../../support/sandbox/sandbox.ts';
import { findLedgerFaults } from '../../../support/money/wallet.ts';
import { bookWithWallet } from '../../../support/money/wallet-payer.ts';

let t: PayingApp;
let hotel: PaidHotel;

beforeAll(async () => {
  t = await startPayingApp({ LOG_LEVEL: 'error' });
  hotel = await t.hotelOf('AUTOMATIC', 20);
});
afterEach(async () => {
  await t.control('DELETE', '/faults');
  await t.settle();
  expect(await findLedgerFaults(t, hotel.propertyId)).toEqual([]);
  expect(await findViolations(t.ctx)).toEqual([]);
});
afterAll(() => t.close());

/** Sets what the night costs, and the percentage of it that is paid first. */
async function sell(basePrice: number, depositBps = 10_000): Promise<void> {
  await t.database.sql('UPDATE room_types SET base_price = $2 WHERE property_id = $1', [hotel.propertyId, basePrice]);
  await t.database.sql(
    `UPDATE properties SET payment_policy = 'DEPOSIT', deposit_policy = jsonb_build_object('type', 'PERCENT', 'value', $2::int)
     WHERE id = $1`,
    [hotel.propertyId, depositBps],
  );
}

const askedOfCard = async (): Promise<number> => {
  const { sessions } = (await t.control('GET', '/state')) as { sessions: { amount_total: number; created: number }[] };
  return sessions.at(-1)?.amount_total ?? -1;
};

test('a wallet that would leave the card too little pays less, and the two together pay all', async () => {
  await sell(10_000);
  const { open, wallet, token, reachesWallet } = await bookWithWallet(t, hotel, 9_990);
  const first = await open(9_990);
  expect(first).toMatchObject({ status: 200, body: { stage: 'SESSION_CREATED' } });
  expect(await askedOfCard()).toBe(50);
  expect(await wallet()).toEqual({ balance: 9_990, reserved: 9_950 });
  // The same request, and one without a wallet's part, find the same session.
  expect((await open(9_990)).body.url).toBe(first.body.url);
  expect((await open()).body.url).toBe(first.body.url);
  await t.payOn(first.body.url as string);
  await t.reaches(token, { status: 'CONFIRMED', paidAmount: 10_000 });
  await reachesWallet(40, 0);
});

test('a deposit below what a card can pay is paid with the card’s minimum, and the rest stays due', async () => {
  await sell(1_000, 100);
  const { open, token, wallet } = await bookWithWallet(t, hotel, 5);
  const { status, body } = await open(5);
  expect(status).toBe(200);
  expect(await askedOfCard()).toBe(50);
  expect(await wallet()).toEqual({ balance: 5, reserved: 0 });
  await t.payOn(body.url as string);
  await t.reaches(token, { status: 'CONFIRMED', paidAmount: 50, balanceDue: 950 });
});

test('a booking below what a card can pay is refused in words, and paid from the wallet or at the desk', async () => {
  await sell(30);
  const { open, token, wallet, staff, reachesWallet } = await bookWithWallet(t, hotel, 100);
  for (const part of [0, 20]) {
    const refused = await open(part);
    expect(refused).toMatchObject({
      ...refusal('amount_too_small'),
      body: { minimumCharge: 50, amountDue: 30, currency: 'EUR' },
    });
    expect(refused.body.detail).toBe(
      'A card pays at least 0.50 EUR, and only 0.30 EUR is due. Pay it at the property, or all of it from the wallet.',
    );
  }
  expect(await wallet()).toEqual({ balance: 100, reserved: 0 });
  expect(await open(30)).toMatchObject({ status: 200, body: { stage: 'CAPTURED' } });
  await reachesWallet(70, 0);
  await t.reaches(token, { status: 'CONFIRMED', paidAmount: 30 });
  const byHand = await bookWithWallet(t, hotel, 0);
  expect((await byHand.staff('payments', { method: 'CASH', amount: 30 })).body).toMatchObject({ status: 'CONFIRMED' });
  expect((await staff('payments', { method: 'CASH', amount: 1 })).body).toMatchObject({ code: 'already_paid' });
});

test('a gateway whose own minimum is not in our table refuses in the same words, and nothing stays reserved', async () => {
  await sell(1_000);
  await t.database.sql(`UPDATE properties SET currency = 'KES' WHERE id = $1`, [hotel.propertyId]);
  const { open, wallet } = await bookWithWallet(t, hotel, 990);
  const refused = await open(990);
  expect(refused).toMatchObject(refusal('amount_too_small'));
  expect(refused.body.detail).toMatch(/Pay it at the property, or all of it from the wallet\.$/);
  expect(await wallet()).toEqual({ balance: 990, reserved: 0 });
});
