import { findChargeStep } from '../charge.ts';
import { addFractions, roundHalfUp, ZERO } from '../money.ts';
import type { Fraction, Minor } from '../money.ts';
import { computeShare, findTaxRates } from './find-tax-rates.ts';
import type { TaxRate } from './find-tax-rates.ts';
import type { TaxableItem, TaxRule } from './tax-rule.ts';

export interface PriceTax {
  readonly name: string;
  /** Null for a flat tax. */
  readonly rateBps: number | null;
  readonly inclusive: boolean;
  readonly amount: Minor;
}

/** Amounts that taxes are computed from, after the discount. */
export interface TaxBase {
  readonly currency: string;
  /** The nights in order of their dates, or one appointment. */
  readonly items: readonly TaxableItem[];
  /** Persons, for flat taxes. */
  readonly adults: number;
  readonly children: number;
}

/** A percentage on one night or appointment, before rounding. */
interface TaxShare {
  readonly rule: TaxRule;
  readonly rateBps: number;
  readonly exact: Fraction;
}

/**
 * Lists the taxes rule by rule: one line per rate that applies, in order of the items.
 *
 * A rule applies to the first `maxNights` nights of the stay whose date is from `validFrom` to `validTo`; a rule that
 * applies to no night has no line. Percentages apply to the discounted price: an inclusive tax is extracted from the
 * price, an exclusive tax is added. Flat taxes depend on nights and persons. Each line is rounded half up once, and a
 * line that is added to the price to a multiple of the currency's charge step.
 */
export function listTaxes(rules: readonly TaxRule[], base: TaxBase): PriceTax[] {
  const shares = base.items.flatMap((item, index) => listShares(rules, item, index));
  return rules.flatMap((rule) => (rule.basis === 'PERCENT' ? sumShares(rule, shares, base) : listFlatTax(rule, base)));
}

/** Computes the percentages on one night; `index` counts the nights from the arrival. */
function listShares(rules: readonly TaxRule[], { date, amounts }: TaxableItem, index: number): TaxShare[] {
  const applied = rules.filter((rule) => rule.basis === 'PERCENT' && isTaxed(rule, date, index));
  const rates = findTaxRates(applied, amounts);
  return rates.map((rate: TaxRate) => ({
    rule: rate.rule,
    rateBps: rate.rateBps,
    exact: computeShare(rate, rates, amounts),
  }));
}

function sumShares(rule: TaxRule, shares: readonly TaxShare[], { currency }: TaxBase): PriceTax[] {
  const step = rule.isInclusive ? 1 : findChargeStep(currency);
  const byRate = new Map<number, Fraction>();
  for (const { rateBps, exact } of shares.filter((share) => share.rule === rule)) {
    byRate.set(rateBps, addFractions(byRate.get(rateBps) ?? ZERO, exact));
  }
  return [...byRate].map(([rateBps, exact]) => ({
    name: rule.name,
    rateBps,
    inclusive: rule.isInclusive,
    amount: roundHalfUp(exact, step),
  }));
}

function listFlatTax(rule: TaxRule, { items, adults, children }: TaxBase): PriceTax[] {
  const nights = items.filter(({ date }, index) => isTaxed(rule, date, index)).length;
  if (nights === 0) return [];
  const units = {
    PERCENT: 0,
    FLAT_PER_NIGHT: 1,
    FLAT_PER_PERSON_NIGHT: adults + children,
    FLAT_PER_ADULT_NIGHT: adults,
  };
  const amount = rule.amount * nights * units[rule.basis];
  return [{ name: rule.name, rateBps: null, inclusive: rule.isInclusive, amount }];
}

function isTaxed({ validFrom, validTo, maxNights }: TaxRule, date: string, index: number): boolean {
  const isValid = (validFrom === null || validFrom <= date) && (validTo === null || date <= validTo);
  return isValid && (maxNights === null || index < maxNights);
}
