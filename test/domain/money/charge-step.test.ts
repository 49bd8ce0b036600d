import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quoteByPercent, quoteCancellation, quoteNoShow } from '../../../src/domain/money/cancellation.ts';
import { assertChargeable, findChargeStep, splitCharge } from '../../../src/domain/money/charge.ts';
import { fraction, roundHalfUp } from '../../../src/domain/money/money.ts';
import { priceAppointment } from '../../../src/domain/money/price/price-appointment.ts';
import { priceStay } from '../../../src/domain/money/price/price.ts';
import type { Charges, Price } from '../../../src/domain/money/price/price.ts';
import { AppError } from '../../../src/errors.ts';
import { always, aParty, aRate, someCharges } from '../../support/oracles/any-price.ts';

// Three-decimal currencies: the gateway takes tens only.

const currency = 'KWD';
const isInTens = (amount: number) => amount % 10 === 0;

/** The terms of a property that gave its amounts in tens. */
function toTens<T extends Pick<Charges, 'promo' | 'taxes' | 'depositPolicy' | 'walletAmount'>>(charges: T): T {
  const { promo, taxes, depositPolicy, walletAmount } = charges;
  const { type, value = 0 } = depositPolicy;
  return {
    ...charges,
    currency,
    promo: promo?.type === 'FIXED' ? { ...promo, value: promo.value * 10 } : promo,
    taxes: taxes.map((tax) => ({ ...tax, amount: tax.amount * 10 })),
    depositPolicy: { type, value: type === 'FIXED' ? value * 10 : value },
    walletAmount: walletAmount * 10,
  };
}

const aStay = someCharges.map((charges) => ({
  ...toTens(charges),
  nights: charges.nights.map(({ date, amount }) => ({ date, amount: amount * 10 })),
  extraAdultCharge: charges.extraAdultCharge * 10,
  extraChildCharge: charges.extraChildCharge * 10,
}));
const anAppointment = aParty.map((charges) => ({
  ...toTens(charges),
  price: charges.price * 10,
  adultPrice: charges.adultPrice * 10,
  childPrice: charges.childPrice * 10,
  minimumTotal: charges.minimumTotal * 10,
  zone: charges.zone && { ...charges.zone, fee: charges.zone.fee * 10 },
}));
const aPrice: fc.Arbitrary<Price> = fc.oneof(aStay.map(priceStay), anAppointment.map(priceAppointment));
const aPercent = fc.integer({ min: 0, max: 100 });
const aPolicy = fc.record(
  {
    tiers: fc.array(fc.record({ hoursBefore: fc.integer({ min: 0, max: 100 }), refundPercent: aPercent })),
    isDepositRefundable: fc.boolean(),
    noShowFeePercent: aPercent,
  },
  { requiredKeys: ['tiers'] },
);

test('every sum of a price that can be charged is in tens, whatever rates and percentages make it', () => {
  always(aPrice, ({ taxes, lines: _, currency: __, taxAmount: ___, ...sums }) => {
    for (const amount of Object.values(sums)) expect(isInTens(amount)).toBe(true);
    for (const tax of taxes) expect(tax.inclusive || isInTens(tax.amount)).toBe(true);
  });
});

test('what is asked of wallet and card is in tens', () => {
  always(aPrice, fc.nat({ max: 100_000 }), ({ depositDue, totalPayable }, part) => {
    const minimumCharge = findChargeStep(currency);
    const split = splitCharge({ due: depositDue, balance: totalPayable, walletAmount: part * 10, minimumCharge });
    expect(isInTens(split?.cardAmount ?? 0) && isInTens(split?.walletAmount ?? 0)).toBe(true);
  });
});

test('what is refunded and what is kept are in tens, and together what was paid', () => {
  always(aPrice, aPolicy, aPercent, fc.integer({ min: -10, max: 120 }), (price, policy, refundPercent, hours) => {
    const { totalPayable: paid, depositDue } = price;
    const startsAt = new Date('2027-05-14T14:00:00Z');
    const now = new Date(startsAt.getTime() - hours * 3_600_000);
    for (const { refundAmount, fee } of [
      quoteCancellation({ policy, currency, startsAt, now, paid, depositDue }),
      quoteNoShow({ policy, currency, paid }),
      quoteByPercent({ currency, paid, refundPercent }),
    ]) {
      expect(isInTens(refundAmount) && isInTens(fee)).toBe(true);
      expect(refundAmount + fee).toBe(paid);
    }
  });
});

test('rounding to a step goes to the nearest multiple, and up from the middle', () => {
  expect([5_124, 5_125, 5_120, 4, 5].map((amount) => roundHalfUp(fraction(amount), 10))).toEqual([
    5_120, 5_130, 5_120, 0, 10,
  ]);
  always(fc.nat({ max: 1_000_000 }), aRate, (amount, rate) => {
    const exact = (amount * rate) / 10_000;
    const rounded = roundHalfUp(fraction(amount * rate, 10_000), 10);
    expect(isInTens(rounded) && rounded - exact > -5 && rounded - exact <= 5).toBe(true);
  });
});

test.each([
  ['KWD', 5_120, true],
  ['KWD', 5_124, false],
  ['TND', 10n, true],
  ['BHD', 5n, false],
  ['OMR', null, true],
  ['JOD', undefined, true],
  ['EUR', 1, true],
  ['JPY', 1, true],
  ['ISK', 1, true],
])('of %s a card can be charged %s: %s', (of, amount, isAllowed) => {
  const check = () => {
    assertChargeable(of, { price: amount });
  };
  if (isAllowed) expect(check).not.toThrow();
  else expect(check).toThrow(AppError);
});
