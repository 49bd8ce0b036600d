import type { Context } from '../../../context.ts';
import { countDays } from '../../../domain/time/calendar.ts';
import type { PlainDate } from '../../../domain/time/calendar.ts';
import type { Price, Promo } from '../../../domain/money/price/price.ts';
import { assessStay, listNightPrices, priceOffer } from '../../../domain/availability/stay.ts';
import type { RoomTypeOffer, StayReason, StayRequest } from '../../../domain/availability/stay.ts';
import { validatePromoForSome } from '../../stock/redemption/validate-promo.ts';
import { findPromo } from '../../stock/redemption/find-promo.ts';
import { minutesToArrival, readOffer } from '../../stock/inventory/read-stay-offer.ts';

export interface StaySearch extends StayRequest {
  readonly slug: string;
  readonly promoCode: string | null;
}

export interface FoundRoomType {
  readonly code: string;
  readonly name: string;
  readonly maxOccupancy: number;
  readonly available: number;
  readonly reason: StayReason | null;
  readonly minStay: number;
  readonly maxStay: number | null;
  readonly nightly: readonly { readonly date: PlainDate; readonly amount: number }[];
  readonly price: Price;
}

export interface StaySearchResult {
  readonly checkIn: PlainDate;
  readonly checkOut: PlainDate;
  readonly nights: number;
  readonly roomTypes: readonly FoundRoomType[];
}

/**
 * Lists every room type of a property for a range of nights, with its price and the reason it can't be booked.
 *
 * An overdue hold counts as free, released or not. A promo code applies to the room types that the promo covers; a code
 * that covers no room type is refused.
 * Throws: not_found, past_time, promo_invalid.
 */
export async function searchStays(ctx: Context, search: StaySearch): Promise<StaySearchResult> {
  const offer = await readOffer(ctx, { slug: search.slug, stay: search });
  const requested = await findPromo(ctx, { propertyId: offer.property.id, code: search.promoCode });
  const { terms, today, now } = offer;
  const priceOf = (roomType: RoomTypeOffer, promo: Promo | null) =>
    priceOffer({ stay: search, roomType, terms, promo });
  const promos = validatePromoForSome(
    requested,
    offer.roomTypes.map((roomType) => ({
      now,
      sold: { roomType: roomType.code },
      amount: () => priceOf(roomType, null).baseAmount,
    })),
  );
  return {
    checkIn: search.checkIn,
    checkOut: search.checkOut,
    nights: countDays(search.checkIn, search.checkOut),
    roomTypes: offer.roomTypes.map((roomType, index) => ({
      code: roomType.code,
      name: roomType.name,
      maxOccupancy: roomType.maxOccupancy,
      ...assessStay({
        stay: search,
        roomType,
        terms,
        today,
        minutesToArrival: minutesToArrival(offer),
        isStaff: false,
      }),
      nightly: listNightPrices(roomType, search),
      price: priceOf(roomType, promos[index] ?? null),
    })),
  };
}
