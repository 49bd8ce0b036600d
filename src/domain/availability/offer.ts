import type { StayTerms } from './stay.ts';
import type { PlainDate } from '../time/calendar.ts';

/** Who sells, as far as a booking needs to know. */
export interface Seller {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly timezone: string;
  readonly approval: 'STAFF' | 'AUTOMATIC';
  readonly holdMinutes: number;
  readonly phone: string | null;
}

/** What a property offers at one moment, whatever it sells. */
export interface Offer {
  readonly property: Seller;
  readonly terms: StayTerms;
  /** The database's clock, and the date it is at the property. */
  readonly now: Date;
  readonly today: PlainDate;
  /** Drawn for the booking that is about to be made; null when none is. */
  readonly bookingCode: string | null;
}
