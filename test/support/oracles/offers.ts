import { addDays, listDates } from '../../../src/domain/time/calendar.ts';
import type { NightOffer, RoomTypeOffer, StayRequest, StayTerms } from '../../../src/domain/availability/stay.ts';

/** The day on which these offers are looked at. */
export const TODAY = '2027-05-01';

/** Two nights for two, thirty days from `TODAY`. */
export function buildStay(overrides: Partial<StayRequest> = {}): StayRequest {
  return { checkIn: addDays(TODAY, 30), checkOut: addDays(TODAY, 32), adults: 2, children: 0, ...overrides };
}

/** Terms that stand in nobody's way. */
export function buildTerms(overrides: Partial<StayTerms> = {}): StayTerms {
  return {
    currency: 'EUR',
    paymentPolicy: 'FULL',
    depositPolicy: { type: 'NONE' },
    bookingWindowDays: 365,
    minNoticeMinutes: 0,
    taxes: [],
    ...overrides,
  };
}

/** A room type of two rooms, free on every night of the sixty from ten days before `TODAY`, but for what `nights` says. */
export function buildRoomType(
  overrides: Partial<RoomTypeOffer> = {},
  nights: Readonly<Record<string, Partial<NightOffer>>> = {},
): RoomTypeOffer {
  const usual = {
    free: 2,
    overdue: 0,
    price: null,
    minStay: null,
    maxStay: null,
    isClosed: false,
    isClosedToArrival: false,
    isClosedToDeparture: false,
  };
  return {
    id: `id of ${overrides.code ?? 'ROOM'}`,
    code: 'ROOM',
    name: 'Room',
    maxOccupancy: 4,
    baseOccupancy: 2,
    basePrice: 10_000,
    discountedPrice: null,
    extraAdultCharge: 0,
    extraChildCharge: 0,
    minStay: 1,
    nights: listDates(addDays(TODAY, -10), addDays(TODAY, 60)).map((date) => ({ date, ...usual, ...nights[date] })),
    ...overrides,
  };
}

/** The same state for each of these nights. */
export function onNights(
  from: string,
  to: string,
  state: Partial<NightOffer>,
): Readonly<Record<string, Partial<NightOffer>>> {
  return Object.fromEntries(listDates(from, to).map((date) => [date, state]));
}
