import type { ErrorCode } from '../../errors.ts';
import { addDays, countDays, listDates } from '../time/calendar.ts';
import type { PlainDate } from '../time/calendar.ts';
import { priceStay } from '../money/price/price.ts';
import type { DepositPolicy, PaymentPolicy, Price, Promo } from '../money/price/price.ts';
import type { TaxRule } from '../money/price/tax-rule.ts';
import { requiredNoticeMinutes } from './notice.ts';

/** Longest stay that can be searched or booked at once, in nights. */
export const MAX_NIGHTS = 90;

/** Longest booking of any kind, early arrival included. Source: constraint `bookings_dates_valid`. */
export const MAX_BOOKING_DAYS = 120;

/** Dates and party of a requested stay. Nights are [checkIn, checkOut). */
export interface StayRequest {
  readonly checkIn: PlainDate;
  readonly checkOut: PlainDate;
  readonly adults: number;
  readonly children: number;
}

export interface NightOffer {
  readonly date: PlainDate;
  /** Rooms of the type without a hold. */
  readonly free: number;
  /** Rooms with an overdue hold that is not released yet; they count as free. */
  readonly overdue: number;
  /** Price that staff set for this night; null: the room type's own price. */
  readonly price: number | null;
  /** Shortest stay that may arrive on this night; null: the room type's own minimum. */
  readonly minStay: number | null;
  /** Longest stay that may arrive on this night; null: no limit. */
  readonly maxStay: number | null;
  readonly isClosed: boolean;
  readonly isClosedToArrival: boolean;
  /** No stay may depart on this date. */
  readonly isClosedToDeparture: boolean;
}

export interface RoomTypeOffer {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly maxOccupancy: number;
  readonly baseOccupancy: number;
  readonly basePrice: number;
  readonly discountedPrice: number | null;
  readonly extraAdultCharge: number;
  readonly extraChildCharge: number;
  readonly minStay: number;
  /** The nights of a stay, and the date of its departure where that is in the inventory. */
  readonly nights: readonly NightOffer[];
}

/** Booking and pricing terms of the property. */
export interface StayTerms {
  readonly currency: string;
  readonly paymentPolicy: PaymentPolicy;
  readonly depositPolicy: DepositPolicy;
  readonly bookingWindowDays: number;
  readonly minNoticeMinutes: number;
  readonly taxes: readonly TaxRule[];
}

/** Error codes by the reason why a room type can't be booked. */
export const REASON_CODES = {
  BEYOND_WINDOW: 'beyond_booking_window',
  NOTICE: 'notice_too_short',
  OCCUPANCY: 'occupancy_exceeded',
  CLOSED: 'closed',
  CLOSED_TO_ARRIVAL: 'closed_to_arrival',
  CLOSED_TO_DEPARTURE: 'closed_to_departure',
  MIN_STAY: 'min_stay',
  MAX_STAY: 'max_stay',
  SOLD_OUT: 'sold_out',
} as const satisfies Record<string, ErrorCode>;
export type StayReason = keyof typeof REASON_CODES;
export const STAY_REASONS = Object.keys(REASON_CODES) as [StayReason, ...StayReason[]];

export interface StayAssessment {
  /** Rooms left for the whole stay; rooms with an overdue hold count as left. */
  readonly available: number;
  readonly reason: StayReason | null;
  /** Minimum and maximum nights for this arrival; null: no maximum. */
  readonly minStay: number;
  readonly maxStay: number | null;
}

/**
 * Checks a stay against a room type; answers rooms left and the most lasting reason against a booking.
 *
 * A move keeps an arrival or departure that is agreed already, also on a date that has been closed to it since.
 */
export function assessStay(input: {
  stay: StayRequest;
  roomType: RoomTypeOffer;
  terms: StayTerms;
  today: PlainDate;
  minutesToArrival: number;
  isStaff: boolean;
  /** Dates of the booking that is moved. */
  agreed?: Pick<StayRequest, 'checkIn' | 'checkOut'>;
}): StayAssessment {
  const { stay, roomType, terms, agreed } = input;
  const notice = requiredNoticeMinutes(terms, input.isStaff);
  const nights = filterNights(roomType, stay);
  const length = countDays(stay.checkIn, stay.checkOut);
  const isComplete = nights.length === length;
  const available = isComplete ? Math.min(...nights.map((night) => night.free + night.overdue)) : 0;
  const minStay = nights[0]?.minStay ?? roomType.minStay;
  const maxStay = nights[0]?.maxStay ?? null;
  const lastNight = addDays(stay.checkOut, -1);
  const departure = roomType.nights.find(({ date }) => date === stay.checkOut);
  const isClosedToArrival = nights[0]?.isClosedToArrival === true && stay.checkIn !== agreed?.checkIn;
  const isClosedToDeparture = departure?.isClosedToDeparture === true && stay.checkOut !== agreed?.checkOut;
  const rules: [boolean, StayReason][] = [
    [countDays(input.today, lastNight) > terms.bookingWindowDays, 'BEYOND_WINDOW'],
    [notice > 0 && input.minutesToArrival < notice, 'NOTICE'],
    [stay.adults + stay.children > roomType.maxOccupancy, 'OCCUPANCY'],
    [!isComplete || nights.some((night) => night.isClosed), 'CLOSED'],
    [isClosedToArrival, 'CLOSED_TO_ARRIVAL'],
    [isClosedToDeparture, 'CLOSED_TO_DEPARTURE'],
    [length < minStay, 'MIN_STAY'],
    [maxStay !== null && length > maxStay, 'MAX_STAY'],
    [available < 1, 'SOLD_OUT'],
  ];
  const reason = rules.find(([applies]) => applies)?.[1] ?? null;
  return { available: Math.max(0, available), reason, minStay, maxStay };
}

/** Prices the stay in this room type at current prices. */
export function priceOffer(input: {
  stay: StayRequest;
  roomType: RoomTypeOffer;
  terms: StayTerms;
  promo: Promo | null;
}): Price {
  const { stay, roomType, terms } = input;
  return priceStay({
    currency: terms.currency,
    roomTypeName: roomType.name,
    nights: listNightPrices(roomType, stay),
    adults: stay.adults,
    children: stay.children,
    baseOccupancy: roomType.baseOccupancy,
    extraAdultCharge: roomType.extraAdultCharge,
    extraChildCharge: roomType.extraChildCharge,
    taxes: terms.taxes,
    promo: input.promo,
    paymentPolicy: terms.paymentPolicy,
    depositPolicy: terms.depositPolicy,
    walletAmount: 0,
  });
}

/** Lists the price of each night: the night's own price, else the discounted price, else the base price. */
export function listNightPrices(roomType: RoomTypeOffer, stay: StayRequest): { date: PlainDate; amount: number }[] {
  const standardPrice = roomType.discountedPrice ?? roomType.basePrice;
  const priceByDate = new Map(filterNights(roomType, stay).map((night) => [night.date, night.price]));
  return listDates(stay.checkIn, stay.checkOut).map((date) => ({
    date,
    amount: priceByDate.get(date) ?? standardPrice,
  }));
}

export interface StayAlternative {
  readonly roomType: string;
  readonly checkIn: PlainDate;
  readonly checkOut: PlainDate;
  readonly totalPayable: number;
  readonly currency: string;
}

/** Search radius for alternatives, in days before and after the requested arrival. */
export const ALTERNATIVE_DAYS = 14;
const MAX_ALTERNATIVES = 5;
const MINUTES_PER_DAY = 1_440;

/**
 * Lists the nearest stays that can be booked instead, best first.
 *
 * Order: other room types on the requested dates; the requested room type on other dates; other room types on other
 * dates. Nearer dates come first. `roomTypes` must carry the nights of the whole search radius.
 */
export function listAlternatives(input: {
  stay: StayRequest;
  requestedRoomType: string;
  roomTypes: readonly RoomTypeOffer[];
  terms: StayTerms;
  today: PlainDate;
  minutesToArrival: number;
  isStaff: boolean;
}): StayAlternative[] {
  const shifts = Array.from({ length: ALTERNATIVE_DAYS }, (_, index) => [-(index + 1), index + 1]).flat();
  const [requested, others] = partition(input.roomTypes, (roomType) => roomType.code === input.requestedRoomType);
  const candidates = [
    ...others.map((roomType) => ({ roomType, shift: 0 })),
    ...shifts.flatMap((shift) => requested.map((roomType) => ({ roomType, shift }))),
    ...shifts.flatMap((shift) => others.map((roomType) => ({ roomType, shift }))),
  ];
  const found: StayAlternative[] = [];
  for (const { roomType, shift } of candidates) {
    if (found.length === MAX_ALTERNATIVES) break;
    const stay = {
      ...input.stay,
      checkIn: addDays(input.stay.checkIn, shift),
      checkOut: addDays(input.stay.checkOut, shift),
    };
    if (stay.checkIn < input.today) continue;
    const minutesToArrival = input.minutesToArrival + shift * MINUTES_PER_DAY;
    if (assessStay({ ...input, stay, roomType, minutesToArrival }).reason !== null) continue;
    const price = priceOffer({ stay, roomType, terms: input.terms, promo: null });
    found.push({
      roomType: roomType.code,
      checkIn: stay.checkIn,
      checkOut: stay.checkOut,
      totalPayable: price.totalPayable,
      currency: price.currency,
    });
  }
  return found;
}

function filterNights(roomType: RoomTypeOffer, stay: { checkIn: PlainDate; checkOut: PlainDate }): NightOffer[] {
  return roomType.nights.filter((night) => night.date >= stay.checkIn && night.date < stay.checkOut);
}

function partition<T>(items: readonly T[], isFirst: (item: T) => boolean): [T[], T[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))];
}
