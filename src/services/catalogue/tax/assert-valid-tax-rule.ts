import type { TaxRule } from '../../../domain/money/price/tax-rule.ts';
import { AppError } from '../../../errors.ts';

/** Refuses values that the rule's basis would silently ignore, and dates that end before they begin. Throws: validation_failed. */
export function assertValidTaxRule(rule: TaxRule): void {
  const isPercent = rule.basis === 'PERCENT';
  const of = `when basis is ${rule.basis}`;
  const faults: readonly [isFault: boolean, path: string, message: string][] = [
    [isPercent && rule.amount > 0, 'amount', `must be 0 ${of}`],
    [!isPercent && rule.amount === 0, 'amount', `must be more than 0 ${of}`],
    [!isPercent && rule.rateBps > 0, 'rateBps', `must be 0 ${of}`],
    [isPercent && rule.bands.length > 0 && rule.rateBps > 0, 'rateBps', 'must be 0 when there are bands'],
    [!isPercent && rule.bands.length > 0, 'bands', `must be empty ${of}`],
    [
      !isPercent && rule.exemptKinds.length > 0,
      'exemptKinds',
      `must be empty ${of}, because such a tax is charged on no line`,
    ],
    [isBefore(rule.validTo, rule.validFrom), 'validTo', 'must not be before validFrom'],
  ];
  const errors = faults.flatMap(([isFault, path, message]) => (isFault ? [{ path, message }] : []));
  if (errors.length > 0) throw new AppError('validation_failed', { errors });
}

function isBefore(date: string | null, other: string | null): boolean {
  return date !== null && other !== null && date < other;
}
