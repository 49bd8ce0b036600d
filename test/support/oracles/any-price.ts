import fc from 'fast-check';
import { priceAppointment } from '../../../src/domain/money/price/price-appointment.ts';
import type { AppointmentCharges } from '../../../src/domain/money/price/price-appointment.ts';
import { LINE_KINDS } from '../../../src/domain/money/price/price-line.ts';
import { priceStay } from '../../../src/domain/money/price/price.ts';
import type { Charges, DepositPolicy, Price, Promo, StayCharges } from '../../../src/domain/money/price/price.ts';
import type { TaxRule } from '../../../src/domain/money/price/tax-rule.ts';
import { addDays } from '../../../src/domain/time/calendar.ts';
import { buildNights, FIRST_NIGHT } from './charges.ts';
import { cases } from '../tier/trials.ts';

// Whatever can be sold, by whatever rules: what the promises about prices are tried on.

export const anAmount = fc.integer({ min: 0, max: 2_000_000 });
export const aRate = fc.integer({ min: 0, max: 3_000 });
export const someNights = fc.array(anAmount, { minLength: 1, maxLength: 12 }).map((amounts) => buildNights(...amounts));

const someBands = fc
  .uniqueArray(fc.tuple(anAmount, aRate), { maxLength: 4, selector: ([upTo]) => upTo })
  .map((bands) => bands.sort(([a], [b]) => a - b).map(([upTo, rateBps]) => ({ upTo, rateBps })));
/** A date before, within or after the nights of `someNights`, or none. */
const aLimit = fc.option(fc.integer({ min: -2, max: 14 }).map((day) => addDays(FIRST_NIGHT, day)));
export const aTax: fc.Arbitrary<TaxRule> = fc.record({
  name: fc.constantFrom('VAT', 'GST', 'City tax'),
  basis: fc.constantFrom(
    'PERCENT' as const,
    ...(['FLAT_PER_NIGHT', 'FLAT_PER_PERSON_NIGHT', 'FLAT_PER_ADULT_NIGHT'] as const),
  ),
  isInclusive: fc.boolean(),
  rateBps: aRate,
  amount: fc.integer({ min: 0, max: 5_000 }),
  bands: someBands,
  exemptKinds: fc.oneof(fc.constant([]), fc.subarray([...LINE_KINDS])),
  maxNights: fc.option(fc.integer({ min: 1, max: 12 })),
  validFrom: aLimit,
  validTo: aLimit,
});
const aPromo: fc.Arbitrary<Promo> = fc.oneof(
  fc.record({ type: fc.constant('PERCENT' as const), value: fc.integer({ min: 0, max: 12_000 }) }),
  fc.record({ type: fc.constant('FIXED' as const), value: anAmount }),
  // So small that every unit of it is one left over.
  fc.record({ type: fc.constant('FIXED' as const), value: fc.integer({ min: 0, max: 30 }) }),
);
const aDepositPolicy: fc.Arbitrary<DepositPolicy> = fc.oneof(
  fc.constant({ type: 'NONE' as const }),
  fc.record({ type: fc.constant('PERCENT' as const), value: fc.integer({ min: 0, max: 12_000 }) }),
  fc.record({ type: fc.constant('FIXED' as const), value: anAmount }),
);
const terms = {
  taxes: fc.array(aTax, { maxLength: 4 }),
  promo: fc.option(aPromo),
  paymentPolicy: fc.constantFrom('NONE', 'DEPOSIT', 'FULL'),
  depositPolicy: aDepositPolicy,
  walletAmount: anAmount,
} as const;

export const someCharges: fc.Arbitrary<StayCharges> = fc.record({
  ...terms,
  currency: fc.constant('EUR'),
  roomTypeName: fc.constant('Room'),
  nights: someNights,
  adults: fc.integer({ min: 1, max: 10 }),
  children: fc.integer({ min: 0, max: 8 }),
  baseOccupancy: fc.integer({ min: 1, max: 6 }),
  extraAdultCharge: fc.integer({ min: 0, max: 100_000 }),
  extraChildCharge: fc.integer({ min: 0, max: 100_000 }),
});
export const aParty: fc.Arbitrary<AppointmentCharges> = fc.record({
  ...terms,
  currency: fc.constant('USD'),
  serviceName: fc.constant('Hibachi'),
  date: fc.constant(addDays(FIRST_NIGHT, 3)),
  pricing: fc.constantFrom('PER_BOOKING', 'PER_PERSON'),
  price: anAmount,
  adultPrice: anAmount,
  childPrice: anAmount,
  minimumTotal: fc.oneof(fc.constant(0), anAmount),
  adults: fc.integer({ min: 1, max: 500 }),
  children: fc.integer({ min: 0, max: 500 }),
  zone: fc.option(fc.record({ name: fc.constant('Zone'), fee: anAmount })),
});

type Terms = Pick<Charges, 'taxes' | 'promo' | 'paymentPolicy' | 'depositPolicy' | 'walletAmount'>;

/** A stay or an appointment, and what it costs on its own terms or on others. */
export interface Sale {
  readonly charges: Terms;
  readonly priced: (changes?: Partial<Terms>) => Price;
}

export const aSale: fc.Arbitrary<Sale> = fc.oneof(
  someCharges.map((charges) => ({ charges, priced: (changes = {}) => priceStay({ ...charges, ...changes }) })),
  aParty.map((charges) => ({ charges, priced: (changes = {}) => priceAppointment({ ...charges, ...changes }) })),
);

/** Tries a promise on thousands of cases. */
export function always<Ts extends [unknown, ...unknown[]]>(
  ...args: [...{ [K in keyof Ts]: fc.Arbitrary<Ts[K]> }, (...values: Ts) => void]
): void {
  fc.assert(fc.property(...args), cases('rules', 3_000));
}

export const sum = (amounts: readonly number[]) => amounts.reduce((a, b) => a + b, 0);
