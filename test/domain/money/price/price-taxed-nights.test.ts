import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { priceAppointment } from '../../../../src/domain/money/price/price-appointment.ts';
import { priceStay } from '../../../../src/domain/money/price/price.ts';
import type { TaxRule } from '../../../../src/domain/money/price/tax-rule.ts';
import { addDays } from '../../../../src/domain/time/calendar.ts';
import { always, aParty, aTax, someCharges } from '../../../support/oracles/any-price.ts';
import { buildCharges, buildNights, buildTax, FIRST_NIGHT, INDIAN_GST } from '../../../support/oracles/charges.ts';
import { reckonTaxes } from '../../../support/oracles/tax-oracle.ts';

// Which nights a tax is of, and in which band: golden cases worked by hand, then what holds of all stays.

const INCLUDED_GST = { ...INDIAN_GST, isInclusive: true };
const oneNight = (amount: number, ...taxes: TaxRule[]) =>
  priceStay(buildCharges({ nights: buildNights(amount), taxes }));

describe('a tax in the price has the band of the night without it', () => {
  test.each([
    // 7,500.00 and 5 % of it; a paisa more is above the limit at 5 %, so at 18 %: 787,501 × 18 / 118 = 120,127.27…
    ['₹7,875.00', 787_500, 500, 37_500],
    ['₹7,875.01', 787_501, 1_800, 120_127],
    // 8,000.00 fits neither: 7,619.05 net at 5 %, above 7,500.00; 6,779.66 at 18 %, below. 18 %: 122,033.89…
    ['₹8,000.00', 800_000, 1_800, 122_034],
    // 7,500.01 and 18 % of it, 135,000.18
    ['₹8,850.01', 885_001, 1_800, 135_000],
    // 1,000.00 has none; at 5 % a price up to 1,050.00 would be within the first limit, which has no tax at all
    ['₹1,000.00', 100_000, 0, 0],
    ['₹1,000.01', 100_001, 500, 4_762], // 100,001 × 5 / 105 = 4,761.95…
    ['₹1,050.01', 105_001, 500, 5_000], // 1,000.01 and 5 % of it
  ])('%s, %i paise, is at %i basis points: %i', (_, amount, rateBps, tax) => {
    expect(oneNight(amount, INCLUDED_GST)).toMatchObject({
      taxes: [{ rateBps, inclusive: true, amount: tax }],
      totalPayable: amount,
    });
  });

  test('two taxes in the price are judged by the amount without both', () => {
    // 7,500.00 with 2.5 % and 2.5 %. Without one of them alone it would be 7,682.93, above the limit.
    const half = (name: string): TaxRule => ({
      ...INCLUDED_GST,
      name,
      bands: INCLUDED_GST.bands.map(({ upTo, rateBps }) => ({ upTo, rateBps: rateBps / 2 })),
    });
    expect(oneNight(787_500, half('CGST'), half('SGST')).taxes).toMatchObject([
      { name: 'CGST', rateBps: 250, amount: 18_750 },
      { name: 'SGST', rateBps: 250, amount: 18_750 },
    ]);
  });

  test('where the rate falls with the value, so that both bands are right, the lower band applies', () => {
    // At 20 % 115.00 is 95.83 net, at 10 % it is 104.55: both are in their band. 11,500 × 20 / 120 = 1,916.67
    const bands = [
      { upTo: 10_000, rateBps: 2_000 },
      { upTo: null, rateBps: 1_000 },
    ];
    const falling = buildTax({ isInclusive: true, bands });
    expect(oneNight(11_500, falling).taxes).toMatchObject([{ rateBps: 2_000, amount: 1_917 }]);
    // 12,000 is 100.00 at 20 %; a cent more is 109.10 at 10 %.
    expect(oneNight(12_000, falling).taxes).toMatchObject([{ rateBps: 2_000, amount: 2_000 }]);
    expect(oneNight(12_001, falling).taxes).toMatchObject([{ rateBps: 1_000, amount: 1_091 }]);
  });

  test('the promo and the extra persons count before the band', () => {
    // 7,000.00 and 1,375.00 for the third adult, less 500.00: 7,875.00
    const nights = { nights: buildNights(700_000), adults: 3, extraAdultCharge: 137_500, taxes: [INCLUDED_GST] };
    expect(priceStay(buildCharges({ ...nights, promo: { type: 'FIXED', value: 50_000 } }))).toMatchObject({
      taxes: [{ rateBps: 500, amount: 37_500 }],
      totalPayable: 787_500,
    });
    expect(priceStay(buildCharges(nights)).taxes).toMatchObject([{ rateBps: 1_800 }]);
  });
});

describe('a tax of some nights and some persons', () => {
  const nights = (count: number) => buildNights(...Array.from({ length: count }, () => 10_000));

  test('a city tax per adult for the first seven nights', () => {
    // Ten nights, two adults, two children: 7 × 2 × 3.50 = 49.00
    const taxes = [buildTax({ name: 'City tax', basis: 'FLAT_PER_ADULT_NIGHT', amount: 350, maxNights: 7 })];
    expect(priceStay(buildCharges({ nights: nights(10), adults: 2, children: 2, taxes }))).toMatchObject({
      taxes: [{ name: 'City tax', rateBps: null, inclusive: false, amount: 4_900 }],
    });
    expect(priceStay(buildCharges({ nights: nights(3), adults: 2, taxes })).taxAmount).toBe(2_100);
  });

  test('a percentage of the first two nights', () => {
    // 7.5 % of 100.00 + 200.00, not of the third night
    const taxes = [buildTax({ rateBps: 750, maxNights: 2 })];
    expect(priceStay(buildCharges({ nights: buildNights(10_000, 20_000, 40_000), taxes })).taxAmount).toBe(2_250);
  });

  test('a rate that changes on a date in the middle of the stay', () => {
    // Nights of 14, 15 | 16, 17 May. 12 % of 200.00 = 24.00, then 18 % of 200.00 = 36.00
    const taxes = [
      buildTax({ name: 'VAT', rateBps: 1_200, validTo: '2027-05-15' }),
      buildTax({ name: 'VAT', rateBps: 1_800, validFrom: '2027-05-16' }),
    ];
    expect(priceStay(buildCharges({ nights: nights(4), taxes }))).toMatchObject({
      taxes: [
        { rateBps: 1_200, amount: 2_400 },
        { rateBps: 1_800, amount: 3_600 },
      ],
      totalPayable: 46_000,
    });
    // A stay on one side of the date has one line.
    expect(priceStay(buildCharges({ nights: nights(2), taxes })).taxes).toMatchObject([{ rateBps: 1_200 }]);
  });

  test('an amount that changes counts the first nights from the arrival, not from the change', () => {
    // Three nights of a five-night limit before the change, two after, and two that are beyond: 3 × 2.00 + 2 × 3.00
    const city = buildTax({ basis: 'FLAT_PER_NIGHT', amount: 200, maxNights: 5, validTo: '2027-05-16' });
    const dearer = { ...city, amount: 300, validFrom: '2027-05-17', validTo: null };
    const { taxes } = priceStay(buildCharges({ nights: nights(7), taxes: [city, dearer] }));
    expect(taxes.map(({ amount }) => amount)).toEqual([600, 600]);
  });

  test('an included rate that changes shares the net amount with the one of its own night only', () => {
    // 110.00 has 10 % in it, 120.00 has 20 %.
    const taxes = [
      buildTax({ isInclusive: true, rateBps: 1_000, validTo: FIRST_NIGHT }),
      buildTax({ isInclusive: true, rateBps: 2_000, validFrom: addDays(FIRST_NIGHT, 1) }),
    ];
    const price = priceStay(buildCharges({ nights: buildNights(11_000, 12_000), taxes }));
    expect(price.taxes.map(({ amount }) => amount)).toEqual([1_000, 2_000]);
  });

  test('an appointment is taxed by its date', () => {
    always(aParty, aTax, (party, rule) => {
      const isValid = (rule.validFrom ?? '') <= party.date && party.date <= (rule.validTo ?? '9999');
      const unlimited = { ...rule, validFrom: null, validTo: null, maxNights: null };
      const expected = isValid ? priceAppointment({ ...party, taxes: [unlimited] }).taxes : [];
      expect(priceAppointment({ ...party, taxes: [rule] }).taxes).toEqual(expected);
    });
  });
});

/** Bands whose rates rise with the value, as all known laws have them. */
const risingBands = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 400_000 }), fc.integer({ min: 0, max: 700 })), {
    minLength: 1,
    maxLength: 4,
  })
  .map((steps) => {
    const bands: { upTo: number | null; rateBps: number }[] = [];
    let [limit, rateBps] = [0, 0];
    for (const [width, rise] of steps) {
      limit += width;
      rateBps += rise;
      bands.push({ upTo: limit, rateBps });
    }
    return [...bands, { upTo: null, rateBps: rateBps + 100 }];
  });

describe('of all stays', () => {
  test('the taxes are those of an independent count', () => {
    const small = fc.record({
      nights: fc.array(fc.integer({ min: 0, max: 1_200 }), { minLength: 1, maxLength: 6 }),
      adults: fc.integer({ min: 1, max: 4 }),
      children: fc.integer({ min: 0, max: 3 }),
      rules: fc.array(fc.tuple(aTax, fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 3 })), { maxLength: 4 }),
    });
    always(small, ({ nights, adults, children, rules }) => {
      const taxes = rules.map(([rule, widths], index): TaxRule => {
        let upTo = 0;
        const bands = widths.map((width, at) => ({
          upTo: (upTo += width),
          rateBps: (rule.rateBps * (at + 1)) % 2_999,
        }));
        return { ...rule, name: String(index), bands, exemptKinds: [] };
      });
      const price = priceStay(
        buildCharges({ nights: buildNights(...nights), adults, children, baseOccupancy: 9, taxes }),
      );
      expect(price.taxes).toEqual(reckonTaxes(taxes, { arrival: FIRST_NIGHT, values: nights, adults, children }));
    });
  });

  test('a price with the tax in it is judged as the same night with the tax on top', () => {
    always(fc.integer({ min: 0, max: 2_000_000 }), risingBands, (net, bands) => {
      const onTop = oneNight(net, buildTax({ bands }));
      const inIt = oneNight(onTop.totalPayable, buildTax({ bands, isInclusive: true }));
      expect(inIt.taxes.map(({ rateBps, amount }) => ({ rateBps, amount }))).toEqual(
        onTop.taxes.map(({ rateBps, amount }) => ({ rateBps, amount })),
      );
      expect(inIt.totalPayable).toBe(onTop.totalPayable);
    });
  });

  test('where rates rise, a dearer night never has less tax, on top of it or in it', () => {
    const amount = fc.integer({ min: 0, max: 2_000_000 });
    always(
      amount,
      fc.integer({ min: 0, max: 300_000 }),
      risingBands,
      fc.boolean(),
      (less, rise, bands, isInclusive) => {
        const tax = buildTax({ bands, isInclusive });
        expect(oneNight(less + rise, tax).taxAmount).toBeGreaterThanOrEqual(oneNight(less, tax).taxAmount);
      },
    );
  });

  test('a flat tax that changes to itself on any date is the same tax', () => {
    always(someCharges, aTax, fc.integer({ min: -2, max: 14 }), (charges, rule, day) => {
      const whole = { ...rule, basis: 'FLAT_PER_ADULT_NIGHT' as const, validFrom: null, validTo: null };
      const last = addDays(FIRST_NIGHT, day);
      const halves = [
        { ...whole, validTo: last },
        { ...whole, validFrom: addDays(last, 1) },
      ];
      const priced = (taxes: readonly TaxRule[]) => priceStay({ ...charges, taxes });
      expect(priced(halves).taxAmount).toBe(priced([whole]).taxAmount);
      expect(priced(halves).totalPayable).toBe(priced([whole]).totalPayable);
    });
  });
});
