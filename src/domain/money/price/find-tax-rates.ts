import { addFractions, BPS, roundHalfUp, ZERO } from '../money.ts';
import type { Fraction } from '../money.ts';
import type { LineKind } from './price-line.ts';
import type { TaxableAmount, TaxRule } from './tax-rule.ts';

/** A percentage, in the band that is being tried. */
export interface TaxRate {
  readonly rule: TaxRule;
  /** Index of the band; beyond the last, `rateBps` of the rule applies. */
  readonly band: number;
  readonly rateBps: number;
}

/**
 * Finds the rate of each percentage for the amounts of one night or appointment, in the order of the rules.
 *
 * The band follows the value of the amounts that the rule applies to. For an added tax the value is the price as sold,
 * for an included tax the net amount, without all included percentages, rounded half up to the minor unit.
 * The net amount depends on the rates: the lowest bands are tried first, and the lowest limit that is exceeded is left
 * behind, until none is. So of two bands that would both be right, the lower applies. Where neither is right (the net
 * amount exceeds the limit at the lower rate and not at the higher), the higher band applies.
 */
export function findTaxRates(rules: readonly TaxRule[], amounts: readonly TaxableAmount[]): readonly TaxRate[] {
  let rates: readonly TaxRate[] = rules.map((rule) => tryBand(rule, 0));
  for (;;) {
    const exceeded = rates.filter((rate) => exceedsLimit(rate, rates, amounts));
    if (exceeded.length === 0) return rates;
    const lowest = Math.min(...exceeded.map(limitOf));
    rates = rates.map((rate) =>
      exceeded.includes(rate) && limitOf(rate) === lowest ? tryBand(rate.rule, rate.band + 1) : rate,
    );
  }
}

/** Computes the exact amount of a percentage: of the price as sold, or of the net amount if the tax is included. */
export function computeShare(
  { rule, rateBps }: TaxRate,
  all: readonly TaxRate[],
  amounts: readonly TaxableAmount[],
): Fraction {
  const { numerator, denominator } = computeValue(rule, all, amounts);
  return { numerator: numerator * BigInt(rateBps), denominator: denominator * BigInt(BPS) };
}

/** Computes the value that a percentage applies to: the price as sold, or the net amount if the tax is included. */
function computeValue(rule: TaxRule, all: readonly TaxRate[], amounts: readonly TaxableAmount[]): Fraction {
  return amounts
    .filter(({ kind }) => appliesTo(rule, kind))
    .map(({ kind, amount }) => {
      // Included percentages share one net amount: gross / (1 + sum of the included rates).
      const includedBps = rule.isInclusive ? sumIncluded(all, kind) : 0;
      return { numerator: BigInt(amount) * BigInt(BPS), denominator: BigInt(BPS + includedBps) };
    })
    .reduce(addFractions, ZERO);
}

function sumIncluded(all: readonly TaxRate[], kind: LineKind): number {
  const included = all.filter(({ rule }) => rule.isInclusive && appliesTo(rule, kind));
  return included.reduce((total, { rateBps }) => total + rateBps, 0);
}

function exceedsLimit(rate: TaxRate, all: readonly TaxRate[], amounts: readonly TaxableAmount[]): boolean {
  const limit = limitOf(rate);
  return limit !== Infinity && roundHalfUp(computeValue(rate.rule, all, amounts)) > limit;
}

function tryBand(rule: TaxRule, band: number): TaxRate {
  return { rule, band, rateBps: rule.bands[band]?.rateBps ?? rule.rateBps };
}

function limitOf({ rule, band }: TaxRate): number {
  return rule.bands[band]?.upTo ?? Infinity;
}

function appliesTo(rule: TaxRule, kind: LineKind): boolean {
  return !rule.exemptKinds.includes(kind);
}
