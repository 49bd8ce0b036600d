import { describe, expect, test } from 'vitest';
import { priceAppointment } from '../../../../src/domain/money/price/price-appointment.ts';
import type { AppointmentCharges } from '../../../../src/domain/money/price/price-appointment.ts';
import { priceStay } from '../../../../src/domain/money/price/price.ts';
import { buildCharges, buildNights, buildTax, INDIAN_GST, IRISH_VAT } from '../../../support/oracles/charges.ts';

// Golden cases of whole countries, worked by hand. The rules are those of docs/decisions/016-tax-bands.md.

describe('Irish VAT, 13.5 % and in the price', () => {
  const stay = { nights: buildNights(28_900, 31_900), adults: 3, extraAdultCharge: 3_000, taxes: [IRISH_VAT] };

  test('is the part of the gross that it is, extra persons included', () => {
    // 289.00 + 319.00 + 2 × 30.00 = 668.00; 66,800 × 135 / 1,135 = 7,945.374…
    expect(priceStay(buildCharges(stay))).toMatchObject({
      baseAmount: 66_800,
      taxAmount: 7_945,
      totalPayable: 66_800,
      taxes: [{ name: 'VAT', rateBps: 1_350, inclusive: true, amount: 7_945 }],
    });
  });

  test('is in what a promo leaves of it', () => {
    // 668.00 less 10 % = 601.20; 60,120 × 135 / 1,135 = 7,150.837…
    const promo = { type: 'PERCENT', value: 1_000 } as const;
    expect(priceStay(buildCharges({ ...stay, promo }))).toMatchObject({
      promoDiscount: 6_680,
      subtotalAfterPromo: 60_120,
      taxAmount: 7_151,
      totalPayable: 60_120,
    });
  });
});

describe('Indian GST, by the value of each night', () => {
  test.each([
    ['1,000.00', 100_000, 0, 0],
    ['1,000.01', 100_001, 500, 5_000], // 5 % of it: 5,000.05
    ['7,500.00', 750_000, 500, 37_500],
    ['7,500.01', 750_001, 1_800, 135_000], // 18 % of it: 135,000.18
  ])('of a night for ₹%s, %i paise, is at %i basis points', (_, amount, rateBps, tax) => {
    expect(priceStay(buildCharges({ nights: buildNights(amount), taxes: [INDIAN_GST] }))).toMatchObject({
      taxes: [{ rateBps, inclusive: false, amount: tax }],
      totalPayable: amount + tax,
    });
  });

  test('of a stay that mixes bands is a line for each, every night in its own', () => {
    // 0 % of 1,000.00; 5 % of 1,000.01 + 7,500.00 = 8,500.01: 42,500.05 paise; 18 % of 7,500.01: 135,000.18 paise
    const nights = buildNights(100_000, 100_001, 750_000, 750_001);
    expect(priceStay(buildCharges({ nights, taxes: [INDIAN_GST] }))).toMatchObject({
      taxes: [
        { rateBps: 0, amount: 0 },
        { rateBps: 500, amount: 42_500 },
        { rateBps: 1_800, amount: 135_000 },
      ],
      baseAmount: 1_700_002,
      taxAmount: 177_500,
      totalPayable: 1_877_502,
    });
  });

  test('follows each night into the band that a percentage off moves it to', () => {
    const nights = buildNights(800_000, 105_000, 90_000);
    // 18 % of 8,000.00 = 1,440.00; 5 % of 1,050.00 = 52.50; nothing of 900.00
    expect(priceStay(buildCharges({ nights, taxes: [INDIAN_GST] }))).toMatchObject({
      taxes: [
        { rateBps: 1_800, amount: 144_000 },
        { rateBps: 500, amount: 5_250 },
        { rateBps: 0, amount: 0 },
      ],
      totalPayable: 1_144_250,
    });
    // WELCOME10: 9,950.00 less 995.00, of which 800.00, 105.00 and 90.00. 7,200.00 is in the 5 % band: 360.00; 945.00 and
    // 810.00 are in the first: nothing.
    const promo = { type: 'PERCENT', value: 1_000 } as const;
    expect(priceStay(buildCharges({ nights, taxes: [INDIAN_GST], promo }))).toMatchObject({
      promoDiscount: 99_500,
      taxes: [
        { rateBps: 500, amount: 36_000 },
        { rateBps: 0, amount: 0 },
      ],
      subtotalAfterPromo: 895_500,
      totalPayable: 931_500,
    });
  });

  test('follows each night where an amount off is spread over them in whole paise', () => {
    // ONCE500 over 7,500.01 twice and 1,000.01, 16,000.03 in all: 50,000 × 750,001 / 1,600,003 = 23,437.48… each, and
    // 50,000 × 100,001 / 1,600,003 = 3,125.02…: 23,437 twice and 3,125 are 49,999, so the one left goes to the first.
    // They are worth 726,563 and 726,564, at 5 %: 1,453,127 × 5 % = 72,656.35; and 96,876, of which nothing.
    const nights = buildNights(750_001, 750_001, 100_001);
    const promo = { type: 'FIXED', value: 50_000 } as const;
    expect(priceStay(buildCharges({ nights, taxes: [INDIAN_GST], promo }))).toMatchObject({
      baseAmount: 1_600_003,
      promoDiscount: 50_000,
      subtotalAfterPromo: 1_550_003,
      taxes: [
        { rateBps: 500, amount: 72_656 },
        { rateBps: 0, amount: 0 },
      ],
      totalPayable: 1_622_659,
    });
  });

  test('counts extra persons as part of the night’s value', () => {
    // 7,000.00 with a third adult for 500.01 is 7,500.01, at 18 %: 135,000.18
    const charges = buildCharges({ nights: buildNights(700_000), adults: 3, extraAdultCharge: 50_001 });
    expect(priceStay({ ...charges, taxes: [INDIAN_GST] })).toMatchObject({
      taxes: [{ rateBps: 1_800, amount: 135_000 }],
    });
  });
});

describe('a sales tax of 7.25 % on top, which does not fall on the way there', () => {
  const SALES_TAX = buildTax({ name: 'Sales tax', rateBps: 725, exemptKinds: ['TRAVEL'] });
  /** 12 adults at 55.00 and 5 children at 30.00 are 810.00; 100.00 for the way. */
  const party: AppointmentCharges = {
    currency: 'USD',
    serviceName: 'Hibachi',
    date: '2027-05-14',
    pricing: 'PER_PERSON',
    price: 0,
    minimumTotal: 0,
    adultPrice: 5_500,
    childPrice: 3_000,
    adults: 12,
    children: 5,
    zone: { name: 'Zone C', fee: 10_000 },
    taxes: [SALES_TAX],
    promo: null,
    paymentPolicy: 'FULL',
    depositPolicy: { type: 'NONE' },
    walletAmount: 0,
  };

  test('is of the food alone', () => {
    // 7.25 % of 810.00 = 58.725, so 58.73; 910.00 + 58.73
    expect(priceAppointment(party)).toMatchObject({
      taxes: [{ name: 'Sales tax', rateBps: 725, inclusive: false, amount: 5_873 }],
      baseAmount: 91_000,
      totalPayable: 96_873,
    });
    expect(priceAppointment({ ...party, zone: null })).toMatchObject({ taxAmount: 5_873, totalPayable: 86_873 });
  });

  test('is of the minimum as well, which is food', () => {
    // 7.25 % of 900.00 = 65.25; 1,000.00 + 65.25
    expect(priceAppointment({ ...party, minimumTotal: 90_000 })).toMatchObject({
      taxAmount: 6_525,
      totalPayable: 106_525,
    });
  });

  test('is of what a percentage off leaves of the food', () => {
    // 10 % off all: 66.00 of the adults, 15.00 of the children, 10.00 of the way. 7.25 % of 729.00 = 52.8525
    const promo = { type: 'PERCENT', value: 1_000 } as const;
    expect(priceAppointment({ ...party, promo })).toMatchObject({
      promoDiscount: 9_100,
      taxAmount: 5_285,
      totalPayable: 87_185,
    });
  });

  test('is of what an amount off leaves of the food, cent by cent', () => {
    // 1,000 cents over 66,000, 15,000 and 10,000: 725.27…, 164.83…, 109.89…; the two left over go to the largest
    // remainders, so 725, 165 and 110. 7.25 % of 65,275 + 14,835 = 80,110 are 5,807.975
    const promo = { type: 'FIXED', value: 1_000 } as const;
    expect(priceAppointment({ ...party, promo })).toMatchObject({ taxAmount: 5_808, totalPayable: 95_808 });
  });
});

describe('taxes beside each other', () => {
  const CITY_TAX = buildTax({ name: 'City tax', basis: 'FLAT_PER_PERSON_NIGHT', amount: 250 });

  test('a city tax per person and night comes on top of VAT that is in the price, and neither is in the other', () => {
    // Three nights of 120.00: 36,000 × 7 / 107 = 2,355.14… in it. 2.50 × 3 persons × 3 nights = 22.50 on top.
    const vat = buildTax({ name: 'VAT', isInclusive: true, rateBps: 700 });
    const charges = { nights: buildNights(12_000, 12_000, 12_000), adults: 2, children: 1, taxes: [vat, CITY_TAX] };
    expect(priceStay(buildCharges({ ...charges, baseOccupancy: 3 }))).toMatchObject({
      taxes: [
        { name: 'VAT', rateBps: 700, inclusive: true, amount: 2_355 },
        { name: 'City tax', rateBps: null, inclusive: false, amount: 2_250 },
      ],
      subtotalAfterPromo: 36_000,
      taxAmount: 4_605,
      totalPayable: 38_250,
    });
  });

  test('a percentage on top is of the price as sold, with the tax that is in it', () => {
    // 10,000 × 13.5 / 113.5 = 1,189.42… in it, and 5 % of 100.00 on top
    const taxes = [IRISH_VAT, buildTax({ name: 'Levy', rateBps: 500 })];
    expect(priceStay(buildCharges({ taxes }))).toMatchObject({
      taxes: [{ amount: 1_189 }, { amount: 500 }],
      totalPayable: 10_500,
    });
  });

  test('percentages on top are of the price, not of each other', () => {
    const taxes = [buildTax({ name: 'State', rateBps: 1_000 }), buildTax({ name: 'City', rateBps: 500 })];
    expect(priceStay(buildCharges({ taxes }))).toMatchObject({
      taxes: [{ amount: 1_000 }, { amount: 500 }],
      totalPayable: 11_500,
    });
  });

  test('taxes in the price share the net amount of what they both fall on, and no other', () => {
    // 115.00 for the night has 10 % and 5 % in it: 10.00 and 5.00. 110.00 for the third adult has 10 % alone: 10.00.
    const taxes = [
      buildTax({ name: 'State', isInclusive: true, rateBps: 1_000 }),
      buildTax({ name: 'City', isInclusive: true, rateBps: 500, exemptKinds: ['EXTRA_ADULT'] }),
    ];
    const charges = { nights: buildNights(11_500), adults: 3, extraAdultCharge: 11_000, taxes };
    expect(priceStay(buildCharges(charges))).toMatchObject({
      taxes: [{ amount: 2_000 }, { amount: 500 }],
      totalPayable: 22_500,
    });
  });

  test('a band follows what the rule falls on', () => {
    // The night alone is 7,499.00, at 5 %; with the third adult it would be 8,499.00, at 18 %.
    const taxes = [{ ...INDIAN_GST, exemptKinds: ['EXTRA_ADULT'] as const }];
    const charges = { nights: buildNights(749_900), adults: 3, extraAdultCharge: 100_000, taxes };
    expect(priceStay(buildCharges(charges))).toMatchObject({
      taxes: [{ rateBps: 500, amount: 37_495 }],
      totalPayable: 887_395,
    });
  });

  test('a flat tax falls on no line, so no kind is exempt from it', () => {
    const taxes = [{ ...CITY_TAX, exemptKinds: ['NIGHT'] as const }];
    expect(priceStay(buildCharges({ taxes }))).toMatchObject({ taxAmount: 500, totalPayable: 10_500 });
  });
});
