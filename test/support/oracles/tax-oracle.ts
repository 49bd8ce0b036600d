import { addDays, countDays } from '../../../src/domain/time/calendar.ts';
import type { PriceTax } from '../../../src/domain/money/price/tax.ts';
import type { TaxRule } from '../../../src/domain/money/price/tax-rule.ts';

/** A stay that taxes are reckoned of: every night's value as sold, and who stays. */
export interface TaxedStay {
  readonly arrival: string;
  readonly values: readonly number[];
  readonly adults: number;
  readonly children: number;
}

/**
 * Taxes of a stay of one kind of charge, reckoned by SPEC §4 and nothing of ours: the net value of a night is found by
 * walking from nothing, unit by unit, to the first value that costs as much as the night with its taxes in it.
 */
export function reckonTaxes(rules: readonly TaxRule[], stay: TaxedStay): PriceTax[] {
  const lines = new Map<string, { rule: TaxRule; rateBps: number | null; exact: [bigint, bigint] }>();
  const add = (rule: TaxRule, rateBps: number | null, [top, bottom]: [bigint, bigint]) => {
    const key = `${String(rules.indexOf(rule))} ${String(rateBps)}`;
    const { exact } = lines.get(key) ?? { exact: [0n, 1n] };
    lines.set(key, { rule, rateBps, exact: [exact[0] * bottom + top * exact[1], exact[1] * bottom] });
  };
  for (const [night, value] of stay.values.entries()) {
    const due = rules.filter((rule) => isDue(rule, stay.arrival, night));
    const included = due.filter((rule) => rule.basis === 'PERCENT' && rule.isInclusive);
    const net = walkToNet(included, value);
    const inIt = included.reduce((total, rule) => total + rateAt(rule, net), 0);
    for (const rule of due) {
      if (rule.basis !== 'PERCENT') add(rule, null, [BigInt(rule.amount * countHeads(rule, stay)), 1n]);
      else if (rule.isInclusive) {
        add(rule, rateAt(rule, net), [BigInt(value * rateAt(rule, net)), BigInt(10_000 + inIt)]);
      } else add(rule, rateAt(rule, value), [BigInt(value * rateAt(rule, value)), 10_000n]);
    }
  }
  return [...lines.values()]
    .sort((a, b) => rules.indexOf(a.rule) - rules.indexOf(b.rule))
    .map(({ rule, rateBps, exact: [top, bottom] }) => {
      const amount = Number((2n * top + bottom) / (2n * bottom));
      return { name: rule.name, rateBps, inclusive: rule.isInclusive, amount };
    });
}

/** Walks to the least net value that, rounded to whole units, is as dear as `value` with the taxes that it has. */
function walkToNet(included: readonly TaxRule[], value: number): number {
  for (let net = 0; ; net += 1) {
    const rates = included.reduce((total, rule) => total + rateAt(rule, net), 0);
    if ((2 * net + 1) * (10_000 + rates) > 2 * 10_000 * value) return net;
  }
}

function rateAt({ bands, rateBps }: TaxRule, net: number): number {
  for (const band of bands) if (band.upTo === null || net <= band.upTo) return band.rateBps;
  return rateBps;
}

function countHeads({ basis }: TaxRule, { adults, children }: TaxedStay): number {
  if (basis === 'FLAT_PER_NIGHT') return 1;
  return basis === 'FLAT_PER_ADULT_NIGHT' ? adults : adults + children;
}

function isDue({ validFrom, validTo, maxNights }: TaxRule, arrival: string, night: number): boolean {
  const date = addDays(arrival, night);
  if (maxNights !== null && night + 1 > maxNights) return false;
  if (validFrom !== null && countDays(validFrom, date) < 0) return false;
  return validTo === null || countDays(date, validTo) >= 0;
}
