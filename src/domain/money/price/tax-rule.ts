import type { PlainDate } from '../../time/calendar.ts';
import type { Minor } from '../money.ts';
import type { LineKind } from './price-line.ts';

export const TAX_BASES = ['PERCENT', 'FLAT_PER_NIGHT', 'FLAT_PER_PERSON_NIGHT', 'FLAT_PER_ADULT_NIGHT'] as const;
export type TaxBasis = (typeof TAX_BASES)[number];

export interface TaxBand {
  /** Highest value in the band, included; null: no upper limit. */
  readonly upTo: Minor | null;
  readonly rateBps: number;
}

export interface TaxRule {
  readonly name: string;
  readonly basis: TaxBasis;
  readonly isInclusive: boolean;
  readonly rateBps: number;
  /** For flat taxes. */
  readonly amount: Minor;
  /** Bands by the night's value, ascending. Empty: `rateBps` applies. */
  readonly bands: readonly TaxBand[];
  /** Kinds of lines exempt from a percentage. */
  readonly exemptKinds: readonly LineKind[];
  /** Number of nights of a stay that are taxed, from the arrival; null: all. */
  readonly maxNights: number | null;
  /** First and last taxed date of stay, both included; null: no limit. */
  readonly validFrom: PlainDate | null;
  readonly validTo: PlainDate | null;
}

/** Sum of the lines of one kind in a night or an appointment. */
export interface TaxableAmount {
  readonly kind: LineKind;
  readonly amount: Minor;
}

/** A night or an appointment. Validity, tax band and first nights are decided per item. */
export interface TaxableItem {
  readonly date: PlainDate;
  readonly amounts: readonly TaxableAmount[];
}
