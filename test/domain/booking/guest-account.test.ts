import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CAPABILITIES } from '../../../src/domain/access/capabilities.ts';
import { balanceOf } from '../../../src/domain/booking/booking.ts';
import { summarizeAccount } from '../../../src/domain/booking/guest-account.ts';
import { buildStatement } from '../../../src/domain/booking/statement.ts';
import { BOOKING_STATUSES, isNothingOwed } from '../../../src/domain/booking-status.ts';
import { PAYABLE_AGAIN_STAGES } from '../../../src/domain/money/payment-stage.ts';
import { describeForGuest } from '../../../src/domain/speech/guest-page/describe-for-guest.ts';
import { aBooking, aPayment, aPrice, aRefund } from '../../support/hotel/booking-snapshot.ts';
import { cases } from '../../support/tier/trials.ts';

const anAmount = fc.integer({ min: 0, max: 10_000 });

/** A booking as the database has it: what was paid, waived and held together is within the price. */
const anyBooking = fc
  .record({
    status: fc.constantFrom(...BOOKING_STATUSES),
    /** Deposit, paid, refunding, waived, held on the card and in the wallet, and the rest. */
    parts: fc.tuple(anAmount, anAmount, anAmount, anAmount, anAmount, anAmount),
    hold: fc.constantFrom('NONE', 'AUTHORIZED', 'CAPTURING'),
    stage: fc.constantFrom('NONE', 'CAPTURED', ...PAYABLE_AGAIN_STAGES),
    refunded: anAmount,
    isMoved: fc.boolean(),
    readAt: fc.constantFrom('2027-05-01T09:00:00.000Z', '2027-05-01T10:00:00.000Z'),
  })
  .map(({ status, parts: [paid, refundable, waived, card, wallet, rest], hold, stage, refunded, isMoved, readAt }) => {
    const isHeld = hold !== 'NONE';
    const refunding = Math.min(paid, refundable);
    const held = isHeld ? card + wallet : 0;
    // At least what a hold takes is due before it is confirmed.
    const price = aPrice(paid + waived + held + rest, paid + waived + held + Math.floor(rest / 2));
    const payments = [
      ...(paid + refunded > 0 ? [aPayment({ amount: paid + refunded, refundedAmount: refunded })] : []),
      ...(isHeld ? [aPayment({ id: 'p2', stage: hold, amount: card, walletHeld: wallet })] : []),
    ];
    const refunds = [
      ...(refunding > 0 ? [aRefund({ amount: refunding, state: 'PENDING', settledAt: null })] : []),
      ...(refunded > 0 ? [aRefund({ id: 'r2', amount: refunded })] : []),
    ];
    const money = { price, paidAmount: paid, waivedAmount: waived, payments, refunds };
    const moveExpiresAt = isMoved && status === 'CONFIRMED' ? '2027-05-01T09:30:00.000Z' : null;
    return aBooking({ ...money, status, moveExpiresAt, readAt, paymentStage: isHeld ? hold : stage });
  });

const always = (promise: (booking: ReturnType<typeof aBooking>) => void) => {
  fc.assert(fc.property(anyBooking, promise), cases('rules', 1_000));
};

test('every cent of the price is in one place: paid and staying, waived, held, to pay now, or due later', () => {
  always((booking) => {
    const { paid, refunding, waived, held, heldInWallet, payNow, dueLater } = summarizeAccount(booking);
    const covered = paid - refunding + waived;
    if (isNothingOwed(booking.status)) expect([payNow, dueLater]).toEqual([null, 0]);
    else expect(covered + held + heldInWallet + (payNow?.amount ?? 0) + dueLater).toBe(booking.price.totalPayable);
  });
});

test('the receipt asks for nothing that is held, and never for more than the booking’s balance', () => {
  always((booking) => {
    const { balanceDue, held, paid, refunded } = buildStatement(booking);
    const account = summarizeAccount(booking);
    expect(balanceDue).toBe(balanceOf(booking));
    expect(paid - refunded).toBe(booking.paidAmount);
    expect(held).toBe(Math.min(balanceDue, account.held + account.heldInWallet));
  });
});

test('the page never says one thing twice, and its button asks for the amount that its list marks as due', () => {
  always((booking) => {
    const { money, details, actions, note, status } = describeForGuest(booking, CAPABILITIES);
    const labels = [...details, ...money].map(({ label }) => label);
    expect(new Set(labels).size).toBe(labels.length);
    const due = money.filter(({ isDue }) => isDue).map(({ value }) => value);
    const pay = actions.filter(({ action }) => action === 'PAY');
    expect(pay.length).toBeLessThanOrEqual(1);
    for (const { label } of pay) expect(label).toContain(due[0]);
    expect(due.length).toBeLessThanOrEqual(1);
    for (const text of [status, note ?? 'x', ...money.map(({ value }) => value)]) {
      expect(text).not.toMatch(/undefined|NaN|null|^$|\s{2}|^\s|\s$/);
    }
  });
});
