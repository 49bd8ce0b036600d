import { insertStayBooking } from '../../../db/statements/insert-stay-booking.ts';
import type { StayBookingRow } from '../../../db/statements/insert-stay-booking.ts';
import type { StayOffer } from '../../../db/statements/read-stay-offer.ts';
import { refuseStay } from '../../../domain/availability/refuse-stay.ts';
import { assessStay, priceOffer } from '../../../domain/availability/stay.ts';
import type { StayRequest } from '../../../domain/availability/stay.ts';
import { AppError } from '../../../errors.ts';
import { minutesToArrival, readOffer } from '../../stock/inventory/read-stay-offer.ts';
import { validatePromo } from '../../stock/redemption/validate-promo.ts';
import type { RequestedPromo } from '../../stock/redemption/find-promo.ts';
import { describeSoldOut } from '../availability/describe-sold-out.ts';
import { releaseOverdueHolds } from '../hold/release-overdue-holds.ts';
import type { BookingSteps } from './booking-steps.ts';
import { draftBooking, isByStaff } from './draft-booking.ts';
import type { BookingDraft, DraftContext, NewBooking } from './draft-booking.ts';

export interface NewStayBooking extends NewBooking {
  readonly kind: 'STAY';
  readonly roomType: string;
  readonly stay: StayRequest;
}

type StayPlace = StayBookingRow['place'];

export const stayBooking: BookingSteps<NewStayBooking, StayOffer, StayPlace> = {
  describe({ slug, roomType, stay }) {
    return { slug, roomType, checkIn: stay.checkIn, checkOut: stay.checkOut };
  },

  readOffer(ctx, input) {
    const { slug, stay, roomType } = input;
    return readOffer(ctx, { slug, stay, roomType, isStaff: isByStaff(ctx), drawsCode: true });
  },

  decide(input, offer, promo) {
    const draft = draftStay(input, offer, promo);
    return [() => draft];
  },

  insert: insertStayBooking,

  // An overdue hold may block any full night; only the transaction that locks the nights can tell.
  async canUnblock() {
    return true;
  },

  async release(tx, { roomType, stay, author }, offer) {
    const { id: roomTypeId } = findRoomType(offer, roomType);
    const nights = { roomTypeId, from: stay.checkIn, to: stay.checkOut };
    return { expired: await releaseOverdueHolds(tx, { ...nights, requestId: author.requestId }), offer };
  },

  placeOf({ stay }) {
    return { from: stay.checkIn, to: stay.checkOut };
  },

  describeRefusal(ctx, input) {
    return describeSoldOut(ctx, { ...input, isStaff: isByStaff(ctx) });
  },
};

/**
 * Prices a stay and decides every value of its booking.
 *
 * Throws: not_found, promo_invalid, the reasons of `assessStay`. Only the statement that takes the nights can find
 * sold_out.
 */
export function draftStay(
  input: NewStayBooking & DraftContext,
  offer: StayOffer,
  requested: RequestedPromo | null,
): BookingDraft<StayPlace> {
  const { stay, payment } = input;
  const roomType = findRoomType(offer, input.roomType);
  const isStaff = isByStaff(input);
  const promo = validatePromo(requested, {
    now: offer.now,
    sold: { roomType: roomType.code },
    isStaff,
    amount: () => priceOffer({ stay, roomType, terms: offer.terms, promo: null }).baseAmount,
  });
  const assessment = assessStay({
    stay,
    roomType,
    terms: offer.terms,
    today: offer.today,
    isStaff,
    minutesToArrival: minutesToArrival(offer),
  });
  refuseStay(assessment, { stay, roomType });
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
    place: () => ({ room_type_id: id, check_in_on: checkIn, check_out_on: checkOut, adults, children }),
    taken: { roomType: code, from: checkIn, to: checkOut },
  });
}

function findRoomType({ roomTypes }: StayOffer, code: string): StayOffer['roomTypes'][number] {
  const [roomType] = roomTypes;
  if (roomType === undefined) throw new AppError('not_found', { detail: `There is no room type "${code}".` });
  return roomType;
}
