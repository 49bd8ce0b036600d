import { addDays } from '../../../src/domain/time/calendar.ts';
import type { StayCharges } from '../../../src/domain/money/price/price.ts';
import type { TaxRule } from '../../../src/domain/money/price/tax-rule.ts';

/** One night for two at 100.00, no tax, no promo, all of it paid online, unless said otherwise. */
export function buildCharges(overrides: Partial<StayCharges> = {}): StayCharges {
  return {
    currency: 'EUR',
    roomTypeName: 'Room',
    nights: buildNights(10_000),
    adults: 2,
    children: 0,
    baseOccupancy: 2,
    extraAdultCharge: 0,
    extraChildCharge: 0,
    taxes: [],
    promo: null,
    paymentPolicy: 'FULL',
    depositPolicy: { type: 'NONE' },
    walletAmount: 0,
    ...overrides,
  };
}

/** Date of the first of `buildNights`. */
export const FIRST_NIGHT = '2027-05-14';

/** Nights in a row at these prices. */
export function buildNights(...amounts: number[]): StayCharges['nights'] {
  return amounts.map((amount, index) => ({ date: addDays(FIRST_NIGHT, index), amount }));
}

export function buildTax(overrides: Partial<TaxRule> = {}): TaxRule {
  const always = { maxNights: null, validFrom: null, validTo: null };
  const nothing = { isInclusive: false, rateBps: 0, amount: 0, bands: [], exemptKinds: [], ...always };
  return { name: 'Tax', basis: 'PERCENT', ...nothing, ...overrides };
}

/** 13.5 %, in the price. */
export const IRISH_VAT = buildTax({ name: 'VAT', isInclusive: true, rateBps: 1350 });

/** By the value of the night: nothing up to 1,000 rupees, 5 % up to 7,500, 18 % above; on top of the price. */
export const INDIAN_GST = buildTax({
  name: 'GST',
  bands: [
    { upTo: 100_000, rateBps: 0 },
    { upTo: 750_000, rateBps: 500 },
    { upTo: null, rateBps: 1800 },
  ],
});
