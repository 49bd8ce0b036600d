import { expect, test } from 'vitest';
import { priceStay, splitPayment } from '../../../../src/domain/money/price/price.ts';
import { buildCharges, buildNights, buildTax, INDIAN_GST, IRISH_VAT } from '../../../support/oracles/charges.ts';

// Golden cases, worked by hand. price-properties.test.ts says what is true of every price, price-taxes.test.ts how
// taxes are reckoned.

test('a stay costs the sum of its nights, each a line with its date', () => {
  expect(priceStay(buildCharges({ nights: buildNights(12_900, 14_900) }))).toEqual({
    currency: 'EUR',
    lines: [
      {
        kind: 'NIGHT',
        label: 'Room, night of 2027-05-14',
        quantity: 1,
        unitAmount: 12_900,
        amount: 12_900,
        date: '2027-05-14',
      },
      {
        kind: 'NIGHT',
        label: 'Room, night of 2027-05-15',
        quantity: 1,
        unitAmount: 14_900,
        amount: 14_900,
        date: '2027-05-15',
      },
    ],
    baseAmount: 27_800,
    promoDiscount: 0,
    subtotalAfterPromo: 27_800,
    taxes: [],
    taxAmount: 0,
    totalPayable: 27_800,
    depositDue: 27_800,
    balanceDue: 0,
    walletApplied: 0,
    gatewayPayable: 27_800,
  });
});

test.each([
  { adults: 2, children: 0, baseOccupancy: 2, extra: [] },
  { adults: 1, children: 1, baseOccupancy: 2, extra: [] },
  { adults: 3, children: 0, baseOccupancy: 2, extra: ['EXTRA_ADULT 1'] },
  { adults: 2, children: 1, baseOccupancy: 2, extra: ['EXTRA_CHILD 1'] },
  { adults: 4, children: 1, baseOccupancy: 2, extra: ['EXTRA_ADULT 2', 'EXTRA_CHILD 1'] },
  // The one place the adult leaves free is the first child's.
  { adults: 1, children: 3, baseOccupancy: 2, extra: ['EXTRA_CHILD 2'] },
  { adults: 1, children: 0, baseOccupancy: 4, extra: [] },
])(
  '$adults adults and $children children in a room for $baseOccupancy pay extra for $extra',
  ({ extra, ...persons }) => {
    const charges = buildCharges({ ...persons, extraAdultCharge: 3_000, extraChildCharge: 1_500 });
    const lines = priceStay(charges).lines.filter(({ kind }) => kind !== 'NIGHT');
    expect(lines.map(({ kind, quantity }) => `${kind} ${String(quantity)}`)).toEqual(extra);
  },
);

test('extra persons pay for every night', () => {
  // 3 nights × (10,000 + 2 × 3,000 + 1 × 1,500) = 30,000 + 18,000 + 4,500
  const price = priceStay(
    buildCharges({
      nights: buildNights(10_000, 10_000, 10_000),
      adults: 4,
      children: 1,
      baseOccupancy: 2,
      extraAdultCharge: 3_000,
      extraChildCharge: 1_500,
    }),
  );
  expect(price.lines.slice(3)).toEqual([
    { kind: 'EXTRA_ADULT', label: 'Extra adult, per night', quantity: 6, unitAmount: 3_000, amount: 18_000 },
    { kind: 'EXTRA_CHILD', label: 'Extra child, per night', quantity: 3, unitAmount: 1_500, amount: 4_500 },
  ]);
  expect(price).toMatchObject({ baseAmount: 52_500, totalPayable: 52_500 });
});

test('an extra person who costs nothing makes no line', () => {
  expect(priceStay(buildCharges({ adults: 3, children: 2 })).lines).toHaveLength(1);
});

test.each([
  ['10 % of 128.05 is 12.805, so 12.81', { type: 'PERCENT', value: 1_000 }, 12_805, 1_281],
  ['10 % of 128.04 is 12.804, so 12.80', { type: 'PERCENT', value: 1_000 }, 12_804, 1_280],
  ['all of it', { type: 'PERCENT', value: 10_000 }, 12_805, 12_805],
  ['more than all of it is all of it', { type: 'PERCENT', value: 15_000 }, 12_805, 12_805],
  ['a fixed amount', { type: 'FIXED', value: 500 }, 12_805, 500],
  ['a fixed amount above the price is the price', { type: 'FIXED', value: 50_000 }, 12_805, 12_805],
  ['a fixed amount off what is free', { type: 'FIXED', value: 500 }, 0, 0],
] as const)('a promo takes %s', (_, promo, amount, promoDiscount) => {
  const price = priceStay(buildCharges({ nights: buildNights(amount), promo }));
  expect(price).toMatchObject({
    baseAmount: amount,
    promoDiscount,
    subtotalAfterPromo: amount - promoDiscount,
    totalPayable: amount - promoDiscount,
  });
});

test('a promo larger than the price leaves nothing to pay, and no tax on it', () => {
  const promo = { type: 'FIXED', value: 1_000_000 } as const;
  for (const tax of [IRISH_VAT, INDIAN_GST, buildTax({ rateBps: 2_000 })]) {
    const price = priceStay(buildCharges({ taxes: [tax], promo }));
    expect(price).toMatchObject({ subtotalAfterPromo: 0, taxAmount: 0, totalPayable: 0, gatewayPayable: 0 });
  }
});

test('a promo is taken off extra persons too', () => {
  // (10,000 + 3,000) less 10 %
  const promo = { type: 'PERCENT', value: 1_000 } as const;
  const price = priceStay(buildCharges({ adults: 3, extraAdultCharge: 3_000, promo }));
  expect(price).toMatchObject({ baseAmount: 13_000, promoDiscount: 1_300, totalPayable: 11_700 });
});

const HALF = { type: 'PERCENT', value: 5_000 } as const;

test.each([
  ['nothing online', 'NONE', HALF, 0],
  ['everything online, whatever the deposit says', 'FULL', HALF, 28_901],
  ['no deposit', 'DEPOSIT', { type: 'NONE' }, 0],
  ['half, which is 144.505, so 144.51', 'DEPOSIT', HALF, 14_451],
  ['all as a percentage', 'DEPOSIT', { type: 'PERCENT', value: 10_000 }, 28_901],
  ['a fixed deposit', 'DEPOSIT', { type: 'FIXED', value: 5_000 }, 5_000],
  ['a fixed deposit above the total, which is the total', 'DEPOSIT', { type: 'FIXED', value: 50_000 }, 28_901],
  ['a percentage nobody set', 'DEPOSIT', { type: 'PERCENT' }, 0],
  ['an amount nobody set', 'DEPOSIT', { type: 'FIXED' }, 0],
] as const)('due now is %s', (_, paymentPolicy, depositPolicy, depositDue) => {
  expect(
    splitPayment({ currency: 'EUR', totalPayable: 28_901, paymentPolicy, depositPolicy, walletAmount: 0 }),
  ).toEqual({
    depositDue,
    balanceDue: 28_901 - depositDue,
    walletApplied: 0,
    gatewayPayable: depositDue,
  });
});

test.each([
  { walletAmount: 0, walletApplied: 0, gatewayPayable: 5_000 },
  { walletAmount: 1_999, walletApplied: 1_999, gatewayPayable: 3_001 },
  { walletAmount: 5_000, walletApplied: 5_000, gatewayPayable: 0 },
  { walletAmount: 90_000, walletApplied: 5_000, gatewayPayable: 0 },
])('a wallet offering $walletAmount pays $walletApplied of a deposit of 5000', ({ walletAmount, ...paid }) => {
  const depositPolicy = { type: 'FIXED', value: 5_000 } as const;
  expect(
    splitPayment({ currency: 'EUR', totalPayable: 28_900, paymentPolicy: 'DEPOSIT', depositPolicy, walletAmount }),
  ).toEqual({
    depositDue: 5_000,
    balanceDue: 23_900,
    ...paid,
  });
});

test('a deposit is a share of the total with its taxes', () => {
  // 100.00 + 20 % = 120.00, a third part of it in basis points: 33.33 % = 39.996, so 40.00
  const depositPolicy = { type: 'PERCENT', value: 3_333 } as const;
  const taxes = [buildTax({ rateBps: 2_000 })];
  expect(priceStay(buildCharges({ taxes, paymentPolicy: 'DEPOSIT', depositPolicy }))).toMatchObject({
    totalPayable: 12_000,
    depositDue: 4_000,
    balanceDue: 8_000,
  });
});
