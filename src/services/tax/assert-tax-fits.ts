import type { TaxRule } from '../../domain/money/tax.ts';
import { AppError } from '../../errors.ts';

/** Refuses a rule that says something its basis has no use for, and would so be silently ignored. Throws: validation_failed. */
export function assertTaxFits(rule: TaxRule): void {
  const isPercent = rule.basis === 'PERCENT';
  const of = `when basis is ${rule.basis}`;
  const faults: readonly [isFault: boolean, path: string, message: string][] = [
    [isPercent && rule.amount > 0, 'amount', `must be 0 ${of}`],
    [!isPercent && rule.amount === 0, 'amount', `must be more than 0 ${of}`],
    [!isPercent && rule.rateBps > 0, 'rateBps', `must be 0 ${of}`],
    [isPercent && rule.bands.length > 0 && rule.rateBps > 0, 'rateBps', 'must be 0 when there are bands'],
    [!isPercent && rule.bands.length > 0, 'bands', `must be empty ${of}`],
    [!isPercent && rule.exemptKinds.length > 0, 'exemptKinds', `must be empty ${of}, because it falls on no line`],
  ];
  const errors = faults.flatMap(([isFault, path, message]) => (isFault ? [{ path, message }] : []));
  if (errors.length > 0) throw new AppError('validation_failed', { errors });
}
