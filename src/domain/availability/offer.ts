import type { StayTerms } from './stay.ts';
import type { PlainDate } from '../time/calendar.ts';

/** Facts about the property that a booking needs. */
export interface Seller {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly timezone: string;
  readonly approval: 'STAFF' | 'AUTOMATIC';
  readonly holdMinutes: number;
  readonly phone: string | null;
}

/** Common part of an offer of a stay or of an appointment, read at one moment. */
export interface Offer {
  readonly property: Seller;
  readonly terms: StayTerms;
  /** The database's clock; `today` is the date at the property. */
  readonly now: Date;
  readonly today: PlainDate;
  /** Code drawn for the booking about to be created; null for a search. */
  readonly bookingCode: string | null;
}
