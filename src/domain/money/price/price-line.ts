import type { Minor } from '../money.ts';
import type { PlainDate } from '../../time/calendar.ts';

export const LINE_KINDS = [
  'NIGHT',
  'EXTRA_ADULT',
  'EXTRA_CHILD',
  'SERVICE',
  'ADULT',
  'CHILD',
  'MINIMUM',
  'TRAVEL',
] as const;
export type LineKind = (typeof LINE_KINDS)[number];

export interface PriceLine {
  readonly kind: LineKind;
  readonly label: string;
  readonly quantity: number;
  readonly unitAmount: Minor;
  readonly amount: Minor;
  readonly date?: PlainDate;
}
