import type { RequestContext } from '../../../context.ts';
import type { Tx } from '../../../db/client.ts';
import type { RawQueries } from '../../../db/connection/direct-query.ts';
import type { BookingRow, InsertOutcome } from '../../../db/statements/booking-row.ts';
import type { Seller } from '../../../domain/availability/offer.ts';
import type { AppError } from '../../../errors.ts';
import type { ExpiredHold } from '../hold/log-expiry.ts';
import type { RequestedPromo } from '../../stock/redemption/find-promo.ts';
import type { BookingDraft, DraftContext, NewBooking } from './draft-booking.ts';

/** The steps of `createBooking` that differ by kind. */
export interface BookingSteps<Input extends NewBooking, Offer extends { readonly property: Seller }, Place> {
  /** Returns the log fields of a request. */
  describe(input: Input): Record<string, string>;

  /** Reads what the property offers, and draws the booking's code. One round trip. Throws: not_found, past_time. */
  readOffer(ctx: RequestContext, input: Input): Promise<Offer>;

  /**
   * Decides every value of the booking. Throws: every error of the request except sold_out and slot_taken.
   *
   * Returns: the drafts to try in order, each made only when tried, because sealing personal data takes time.
   */
  decide(
    input: Input & DraftContext,
    offer: Offer,
    promo: RequestedPromo | null,
  ): readonly (() => BookingDraft<Place>)[];

  /** Takes the place and writes the booking, or writes nothing. One round trip. */
  insert(db: RawQueries, row: BookingRow<Place>): Promise<InsertOutcome>;

  /** Tells whether a second try can succeed. */
  canUnblock(ctx: RequestContext, offer: Offer): Promise<boolean>;

  /** Releases the blocking overdue holds. Returns: these holds, and the offer for the second try. */
  release(tx: Tx, input: Input & DraftContext, offer: Offer): Promise<{ expired: ExpiredHold[]; offer: Offer }>;

  /** Returns the days or the time of the booking, [from, to). */
  placeOf(input: Input, offer: Offer): { readonly from: string; readonly to: string };

  /** Returns the error of a taken place: what blocks, until when, and the nearest alternatives. */
  describeRefusal(ctx: RequestContext, input: Input, offer: Offer): Promise<AppError>;
}
