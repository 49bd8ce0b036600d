import type { StayBookingRow } from '../../db/statements/insert-stay-booking.ts';
import type { StayOffer } from '../../db/statements/read-stay-offer.ts';
import { assessStay, priceOffer, REASON_CODES } from '../../domain/availability/stay.ts';
import type { StayRequest } from '../../domain/availability/stay.ts';
import { AppError } from '../../errors.ts';
import { minutesToArrival } from '../availability/read-offer.ts';
import { admitPromo } from '../promo-use/admit-promo.ts';
import type { AskedPromo } from '../promo-use/find-promo.ts';
import type { Keyring } from '../secrets/sealing.ts';
import { draftBooking } from './draft-booking.ts';
import type { BookingDraft, NewBooking } from './draft-booking.ts';

export interface NewStayBooking extends NewBooking {
  readonly roomType: string;
  readonly stay: StayRequest;
}

export type StayDraft = BookingDraft<StayBookingRow['place']>;

/**
 * Prices a stay of the offer and decides every value of its booking.
 *
 * Throws what stands against it, except being sold out: that is not for a read to say, the statement that takes the nights
 * decides.
 */
export function draftStay(
  input: NewStayBooking & { readonly keys: Keyring; readonly requestId: string | null },
  offer: StayOffer,
  asked: AskedPromo | null,
): StayDraft {
  const { stay, payment, actor } = input;
  const roomType = offer.roomTypes[0];
  if (roomType === undefined) throw new AppError('not_found', { detail: `There is no room type "${input.roomType}".` });
  const isStaff = actor.type === 'STAFF';
  const promo = admitPromo(asked, {
    ...{ now: offer.now, sold: { roomType: roomType.code }, isStaff },
    amount: () => priceOffer({ stay, roomType, terms: offer.terms, promo: null }).baseAmount,
  });
  const { reason, minStay } = assessStay({
    ...{ stay, roomType, terms: offer.terms, today: offer.today, isStaff },
    minutesToArrival: minutesToArrival(offer),
  });
  if (reason !== null && reason !== 'SOLD_OUT') {
    throw new AppError(REASON_CODES[reason], { extra: { reason, ...(reason === 'MIN_STAY' && { minStay }) } });
  }
  const terms = payment === 'LINK' ? offer.terms : { ...offer.terms, paymentPolicy: 'NONE' as const };
  const { checkIn, checkOut, adults, children } = stay;
  const { id, code, name } = roomType;
  return draftBooking({
    ...input,
    ...offer,
    price: priceOffer({ stay, roomType, terms, promo }),
    promo,
    stay: { roomType: { code, name }, checkIn, checkOut, adults, children, assignmentVersion: 0, room: null },
    appointment: null,
    place: { room_type_id: id, check_in_on: checkIn, check_out_on: checkOut, adults, children },
    taken: { roomType: code, from: checkIn, to: checkOut },
  });
}
