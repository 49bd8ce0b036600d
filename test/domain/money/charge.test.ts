import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findMinimumCharge, MINIMUM_CHARGES, splitCharge } from '../../../src/domain/money/charge.ts';
import { cases } from '../../support/tier/trials.ts';

const anAmount = fc.oneof(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 1_000_000_000 }));
const aPayment = fc
  .record({
    due: anAmount.map((amount) => amount + 1),
    later: anAmount,
    walletAmount: anAmount,
    minimumCharge: fc.constantFrom(...Object.values(MINIMUM_CHARGES), 1),
  })
  .map(({ later, ...payment }) => ({ ...payment, balance: payment.due + later }));

test.each([
  // due, balance, wallet asked for, wallet pays, card pays
  [10_000, 10_000, 3_000, 3_000, 7_000],
  [10_000, 10_000, 10_000, 10_000, 0],
  [10_000, 10_000, 20_000, 10_000, 0],
  [10_000, 10_000, 9_950, 9_950, 50],
  [10_000, 10_000, 9_951, 9_950, 50],
  [10_000, 10_000, 9_999, 9_950, 50],
  [50, 50, 1, 0, 50],
  [49, 49, 49, 49, 0],
  [30, 1_000, 0, 0, 50],
  [30, 1_000, 10, 0, 50],
  [30, 1_000, 30, 30, 0],
])(
  'of %i due and %i to pay, with %i from the wallet, it pays %i and the card %i',
  (due, balance, asked, wallet, card) => {
    expect(splitCharge({ due, balance, walletAmount: asked, minimumCharge: 50 })).toEqual({
      walletAmount: wallet,
      cardAmount: card,
    });
  },
);

test('a card pays nothing or at least its minimum, the wallet never more than was asked, both what is enough', () => {
  fc.assert(
    fc.property(aPayment, (payment) => {
      const split = splitCharge(payment);
      if (split === null) return;
      const { walletAmount, cardAmount } = split;
      expect(cardAmount === 0 || cardAmount >= payment.minimumCharge).toBe(true);
      expect(walletAmount).toBeGreaterThanOrEqual(0);
      expect(walletAmount).toBeLessThanOrEqual(payment.walletAmount);
      expect(walletAmount + cardAmount).toBeGreaterThanOrEqual(payment.due);
      expect(walletAmount + cardAmount).toBeLessThanOrEqual(payment.balance);
    }),
    cases('rules', 10_000),
  );
});

test('more than what is due is paid only where the whole of it is too little for a card', () => {
  fc.assert(
    fc.property(aPayment, (payment) => {
      const split = splitCharge(payment);
      if (split === null) return;
      const { walletAmount, cardAmount } = split;
      if (payment.due >= payment.minimumCharge) expect(walletAmount + cardAmount).toBe(payment.due);
      else if (walletAmount + cardAmount > payment.due)
        expect(split).toEqual({ walletAmount: 0, cardAmount: payment.minimumCharge });
    }),
    cases('rules', 10_000),
  );
});

test('nothing can be paid only where all there is to pay is too little for a card and more than the wallet’s part', () => {
  fc.assert(
    fc.property(aPayment, (payment) => {
      const isStuck = payment.balance < payment.minimumCharge && payment.walletAmount < payment.due;
      expect(splitCharge(payment) === null).toBe(isStuck);
    }),
    cases('rules', 10_000),
  );
});

test('a payment that suits the card is split as it was asked for', () => {
  fc.assert(
    fc.property(aPayment, (payment) => {
      const walletAmount = Math.min(payment.walletAmount, payment.due);
      fc.pre(payment.due - walletAmount >= payment.minimumCharge);
      expect(splitCharge(payment)).toEqual({ walletAmount, cardAmount: payment.due - walletAmount });
    }),
    cases('rules', 10_000),
  );
});

test.each([
  ['EUR', 50],
  ['GBP', 30],
  ['JPY', 50],
  ['HUF', 17_500],
  ['MXN', 1_000],
  ['XPF', 1],
])('a card pays at least the gateway’s minimum of %s', (currency, minimum) => {
  expect(findMinimumCharge(currency)).toBe(minimum);
});
