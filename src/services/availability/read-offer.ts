import { withRetries } from '../../db/transaction.ts';
import { readStayOffer } from '../../db/statements/read-stay-offer.ts';
import type { OfferQuery, StayOffer } from '../../db/statements/read-stay-offer.ts';
import { AppError } from '../../errors.ts';
import type { Reading } from '../slots/read-slots.ts';
import type { StayRequest } from '../../domain/availability/stay.ts';

const MINUTE_MS = 60_000;

type StayQuery = Pick<OfferQuery, 'slug'> &
  Partial<OfferQuery> & { readonly stay: Pick<StayRequest, 'checkIn' | 'checkOut'> };

/**
 * What the property offers for a stay, at this moment.
 *
 * Throws: not_found when there is no such property, past_time when the arrival is before the property's today.
 */
export async function readOffer(ctx: Reading, query: StayQuery): Promise<StayOffer> {
  const offer = await readNights(ctx, query);
  const { checkIn } = query.stay;
  if (checkIn >= offer.today) return offer;
  throw new AppError('past_time', {
    detail: `${checkIn} has passed; today is ${offer.today} in ${offer.property.timezone}.`,
    extra: { today: offer.today },
  });
}

/** The same for dates that may have passed. Throws: not_found. */
export async function readNights(ctx: Reading, query: StayQuery): Promise<StayOffer> {
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

/** How long until the stay of the offer begins; negative once check-in time has passed. */
export function minutesToArrival(offer: StayOffer): number {
  return Math.floor((offer.startsAt.getTime() - offer.now.getTime()) / MINUTE_MS);
}
