import { withRetries } from '../../../db/transaction.ts';
import { readStayOffer } from '../../../db/statements/read-stay-offer.ts';
import type { OfferQuery, StayOffer } from '../../../db/statements/read-stay-offer.ts';
import { AppError } from '../../../errors.ts';
import type { QueryScope } from '../time/read-slots.ts';
import type { StayRequest } from '../../../domain/availability/stay.ts';

const MINUTE_MS = 60_000;

type StayQuery = Pick<OfferQuery, 'slug'> &
  Partial<OfferQuery> & { readonly stay: Pick<StayRequest, 'checkIn' | 'checkOut'> };

/**
 * Reads the property's offer for a stay.
 *
 * Throws: not_found for an unknown property, past_time when the arrival is before the property's today.
 */
export async function readOffer(ctx: QueryScope, query: StayQuery): Promise<StayOffer> {
  const offer = await readNights(ctx, query);
  const { checkIn } = query.stay;
  // A hotel's day ends at check-out time: until then staff sell the night under way.
  const isUnderWay = query.isStaff === true && offer.now < offer.firstNightEndsAt;
  if (checkIn >= offer.today || isUnderWay) return offer;
  throw new AppError('past_time', {
    detail: `${checkIn} has passed; today is ${offer.today} in ${offer.property.timezone}.`,
    extra: { today: offer.today },
  });
}

/** Reads the property's offer for a stay, also for past dates. Throws: not_found. */
export async function readNights(ctx: QueryScope, query: StayQuery): Promise<StayOffer> {
  const { checkIn, checkOut } = query.stay;
  const offer = await withRetries(() =>
    readStayOffer(ctx.db, {
      slug: query.slug,
      from: query.from ?? checkIn,
      to: query.to ?? checkOut,
      checkIn,
      checkOut,
      roomType: query.roomType ?? null,
      isStaff: query.isStaff ?? false,
      drawsCode: query.drawsCode ?? false,
    }),
  );
  if (offer === null) throw new AppError('not_found', { detail: `There is no property "${query.slug}".` });
  return offer;
}

/** Counts the minutes until check-in time; negative after it. */
export function minutesToArrival(offer: StayOffer): number {
  return Math.floor((offer.startsAt.getTime() - offer.now.getTime()) / MINUTE_MS);
}
