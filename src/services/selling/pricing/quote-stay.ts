import type { Context } from '../../../context.ts';
import { assessStay, priceOffer } from '../../../domain/availability/stay.ts';
import type { StayAssessment, StayRequest } from '../../../domain/availability/stay.ts';
import type { Price } from '../../../domain/money/price/price.ts';
import { AppError } from '../../../errors.ts';
import { minutesToArrival, readOffer } from '../../stock/inventory/read-stay-offer.ts';
import { validatePromo } from '../../stock/redemption/validate-promo.ts';
import { findPromo } from '../../stock/redemption/find-promo.ts';

export interface StayQuote extends StayAssessment {
  readonly price: Price;
}

/**
 * Quotes the price that a stay booked now would have, and tells whether the stay can be booked.
 *
 * Throws: not_found, past_time, promo_invalid.
 */
export async function quoteStay(
  ctx: Context,
  input: { slug: string; roomType: string; stay: StayRequest; promoCode: string | null },
): Promise<StayQuote> {
  const { slug, stay } = input;
  const offer = await readOffer(ctx, { slug, stay, roomType: input.roomType });
  const roomType = offer.roomTypes[0];
  if (roomType === undefined) throw new AppError('not_found', { detail: `There is no room type "${input.roomType}".` });
  const requested = await findPromo(ctx, { propertyId: offer.property.id, code: input.promoCode });
  const { terms, today, now } = offer;
  const promo = validatePromo(requested, {
    now,
    sold: { roomType: roomType.code },
    isStaff: false,
    amount: () => priceOffer({ stay, roomType, terms, promo: null }).baseAmount,
  });
  return {
    ...assessStay({ stay, roomType, terms, today, minutesToArrival: minutesToArrival(offer), isStaff: false }),
    price: priceOffer({ stay, roomType, terms, promo }),
  };
}
