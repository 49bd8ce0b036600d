import { expect, test } from 'vitest';
import { priceStay } from '../../../../src/domain/money/price/price.ts';
import { buildCharges, buildNights, buildTax, INDIAN_GST, IRISH_VAT } from '../../../support/oracles/charges.ts';

test('Irish VAT of 13.5 % is already in a price of 289.00', () => {
  // 28,900 × 13.5 / 113.5 = 3,437.444…
  expect(priceStay(buildCharges({ nights: buildNights(28_900), taxes: [IRISH_VAT] }))).toMatchObject({
    taxes: [{ name: 'VAT', rateBps: 1350, inclusive: true, amount: 3_437 }],
    taxAmount: 3_437,
    subtotalAfterPromo: 28_900,
    totalPayable: 28_900,
  });
});

test('a tax is rounded once for the stay and not once a night', () => {
  // Two nights: 57,800 × 13.5 / 113.5 = 6,874.889, so 6,875, though each alone is 3,437.444 and twice 3,437 is 6,874.
  const inclusive = priceStay(buildCharges({ nights: buildNights(28_900, 28_900), taxes: [IRISH_VAT] }));
  expect(inclusive).toMatchObject({ taxAmount: 6_875, totalPayable: 57_800 });
  // Three nights of 0.05 at 10 %: half a cent each, together 1.5 cents, so 2 and not 3.
  const exclusive = priceStay(buildCharges({ nights: buildNights(5, 5, 5), taxes: [buildTax({ rateBps: 1_000 })] }));
  expect(exclusive).toMatchObject({ taxAmount: 2, totalPayable: 17 });
});

test.each([
  [0, 0, 0],
  [99_999, 0, 0],
  [100_000, 0, 0],
  [100_001, 500, 5_000], // 5,000.05
  [100_009, 500, 5_000], // 5,000.45
  [100_010, 500, 5_001], // 5,000.5, half up
  [750_000, 500, 37_500],
  [750_001, 1800, 135_000], // 135,000.18
])('Indian GST on a night of %i paise is %i basis points: %i', (amount, rateBps, tax) => {
  expect(priceStay(buildCharges({ nights: buildNights(amount), taxes: [INDIAN_GST] }))).toMatchObject({
    taxes: [{ name: 'GST', rateBps, inclusive: false, amount: tax }],
    totalPayable: amount + tax,
  });
});

test('a stay over several bands has one tax line for each rate, in the order its nights reach them', () => {
  // 18 % of 750,001 = 135,000.18; 5 % of 100,001 + 750,000 = 42,500.05; nothing of 100,000
  const nights = buildNights(750_001, 100_001, 100_000, 750_000);
  expect(priceStay(buildCharges({ nights, taxes: [INDIAN_GST] }))).toMatchObject({
    taxes: [
      { name: 'GST', rateBps: 1800, amount: 135_000 },
      { name: 'GST', rateBps: 500, amount: 42_500 },
      { name: 'GST', rateBps: 0, amount: 0 },
    ],
    baseAmount: 1_700_002,
    taxAmount: 177_500,
    totalPayable: 1_877_502,
  });
});

test('a promo can move a night into a lower band', () => {
  const nights = buildNights(800_000, 400_000);
  // 18 % of 800,000 = 144,000; 5 % of 400,000 = 20,000
  expect(priceStay(buildCharges({ nights, taxes: [INDIAN_GST] }))).toMatchObject({
    taxes: [
      { rateBps: 1800, amount: 144_000 },
      { rateBps: 500, amount: 20_000 },
    ],
    totalPayable: 1_364_000,
  });
  // 10 % off: 120,000, of which 80,000 and 40,000; the nights are worth 720,000 and 360,000, both at 5 %: 54,000
  const promo = { type: 'PERCENT', value: 1_000 } as const;
  expect(priceStay(buildCharges({ nights, taxes: [INDIAN_GST], promo }))).toMatchObject({
    promoDiscount: 120_000,
    taxes: [{ rateBps: 500, amount: 54_000 }],
    totalPayable: 1_134_000,
  });
});

test('a promo of one paisa moves a night that is one paisa above its band', () => {
  const promo = { type: 'FIXED', value: 1 } as const;
  expect(priceStay(buildCharges({ nights: buildNights(750_001), taxes: [INDIAN_GST], promo }))).toMatchObject({
    taxes: [{ rateBps: 500, amount: 37_500 }],
    totalPayable: 787_500,
  });
});

test('the units of a promo that do not divide go to the nights with the largest remainders', () => {
  const taxes = [
    buildTax({
      bands: [
        { upTo: 966, rateBps: 0 },
        { upTo: null, rateBps: 1_000 },
      ],
    }),
  ];
  const promo = { type: 'FIXED', value: 100 } as const;
  // 100 over three equal nights is 34, 33, 33: one worth 966, below the band's edge, two worth 967 above it.
  expect(priceStay(buildCharges({ nights: buildNights(1_000, 1_000, 1_000), taxes, promo })).taxes).toMatchObject([
    { rateBps: 0, amount: 0 },
    { rateBps: 1_000, amount: 193 }, // 193.4
  ]);
});

test('extra persons can move a night into a higher band', () => {
  // 749,900 alone is 5 %; with an adult for 100,000 it is 849,900 at 18 % = 152,982
  const charges = buildCharges({ nights: buildNights(749_900), taxes: [INDIAN_GST], extraAdultCharge: 100_000 });
  expect(priceStay(charges)).toMatchObject({ taxes: [{ rateBps: 500, amount: 37_495 }] });
  expect(priceStay({ ...charges, adults: 3 })).toMatchObject({
    taxes: [{ rateBps: 1800, amount: 152_982 }],
    totalPayable: 1_002_882,
  });
});

test('above bands that end, the rule has its own rate', () => {
  const taxes = [buildTax({ rateBps: 700, bands: [{ upTo: 9_999, rateBps: 300 }] })];
  expect(priceStay(buildCharges({ nights: buildNights(9_999, 10_000), taxes })).taxes).toMatchObject([
    { rateBps: 300, amount: 300 }, // 299.97
    { rateBps: 700, amount: 700 },
  ]);
});

test('a flat tax is paid per night', () => {
  const taxes = [buildTax({ name: 'City tax', basis: 'FLAT_PER_NIGHT', amount: 250 })];
  expect(priceStay(buildCharges({ nights: buildNights(10_000, 10_000, 10_000), taxes, adults: 4 }))).toMatchObject({
    taxes: [{ name: 'City tax', rateBps: null, inclusive: false, amount: 750 }],
    totalPayable: 30_750,
  });
});

test('a flat tax per person is paid for adults and children, every night', () => {
  const taxes = [buildTax({ name: 'Tourist tax', basis: 'FLAT_PER_PERSON_NIGHT', amount: 150 })];
  // 150 × 3 persons × 3 nights
  const charges = { nights: buildNights(10_000, 10_000, 10_000), taxes, adults: 2, children: 1 };
  expect(priceStay(buildCharges(charges))).toMatchObject({
    taxes: [{ name: 'Tourist tax', rateBps: null, amount: 1_350 }],
    totalPayable: 31_350,
  });
});

test('a flat tax is due on a stay that a promo makes free', () => {
  const taxes = [buildTax({ basis: 'FLAT_PER_PERSON_NIGHT', amount: 150 })];
  const promo = { type: 'PERCENT', value: 10_000 } as const;
  expect(priceStay(buildCharges({ taxes, promo }))).toMatchObject({ subtotalAfterPromo: 0, totalPayable: 300 });
});

test('a flat tax that is in the price adds nothing to it', () => {
  const taxes = [buildTax({ basis: 'FLAT_PER_NIGHT', isInclusive: true, amount: 250 })];
  expect(priceStay(buildCharges({ taxes }))).toMatchObject({ taxAmount: 250, totalPayable: 10_000 });
});

test('several taxes in one price share its net amount', () => {
  // 115.00 with 10 % and 5 % in it is 100.00 net: 10.00 and 5.00
  const taxes = [
    buildTax({ name: 'State', isInclusive: true, rateBps: 1_000 }),
    buildTax({ name: 'City', isInclusive: true, rateBps: 500 }),
  ];
  expect(priceStay(buildCharges({ nights: buildNights(11_500), taxes }))).toMatchObject({
    taxes: [
      { name: 'State', rateBps: 1_000, amount: 1_000 },
      { name: 'City', rateBps: 500, amount: 500 },
    ],
    taxAmount: 1_500,
    totalPayable: 11_500,
  });
});

test('the net amount follows the band that each night is in', () => {
  const banded = {
    name: 'Luxury',
    isInclusive: true,
    bands: [
      { upTo: 11_000, rateBps: 0 },
      { upTo: null, rateBps: 1_500 },
    ],
  };
  const taxes = [buildTax({ name: 'VAT', isInclusive: true, rateBps: 1_000 }), buildTax(banded)];
  // 110.00 has 10 % in it: 10.00. 125.00 has 10 % and 15 % in it: 100.00 net, 10.00 and 15.00.
  expect(priceStay(buildCharges({ nights: buildNights(11_000, 12_500), taxes })).taxes).toMatchObject([
    { name: 'VAT', rateBps: 1_000, amount: 2_000 },
    { name: 'Luxury', rateBps: 0, amount: 0 },
    { name: 'Luxury', rateBps: 1_500, amount: 1_500 },
  ]);
});

test('taxes in the price and on top of it stand side by side', () => {
  const taxes = [IRISH_VAT, buildTax({ name: 'City tax', basis: 'FLAT_PER_PERSON_NIGHT', amount: 200 })];
  expect(priceStay(buildCharges({ nights: buildNights(28_900), taxes }))).toMatchObject({
    taxes: [
      { name: 'VAT', inclusive: true, amount: 3_437 },
      { name: 'City tax', inclusive: false, amount: 400 },
    ],
    taxAmount: 3_837,
    totalPayable: 29_300,
  });
});
