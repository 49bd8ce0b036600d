import type { ErrorCode } from '../../errors.ts';
import { addDays, countDays, listDates } from '../time/calendar.ts';
import type { PlainDate } from '../time/calendar.ts';
import { priceStay } from '../money/price/price.ts';
import type { DepositPolicy, PaymentPolicy, Price, Promo } from '../money/price/price.ts';
import type { TaxRule } from '../money/tax.ts';
import { noticeOf } from './notice.ts';

/** The longest stay that can be searched or booked at once. */
export const MAX_NIGHTS = 90;

/** No booking of any kind takes longer, an early arrival included: constraint `bookings_dates_valid`. */
export const MAX_BOOKING_DAYS = 120;

/** What a stay asks for. Nights are [checkIn, checkOut). */
export interface StayRequest {
  readonly checkIn: PlainDate;
  readonly checkOut: PlainDate;
  readonly adults: number;
  readonly children: number;
}

export interface NightOffer {
  readonly date: PlainDate;
  /** Rooms of the type that nobody holds. */
  readonly free: number;
  /** Rooms whose hold is past its deadline though nobody has released it yet; as good as free. */
  readonly overdue: number;
  /** Set by staff for this night; null: the room type's own price. */
  readonly price: number | null;
  readonly minStay: number | null;
  readonly isClosed: boolean;
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
  readonly nights: readonly NightOffer[];
}

/** What the property asks of every stay, and how it is priced. */
export interface StayTerms {
  readonly currency: string;
  readonly paymentPolicy: PaymentPolicy;
  readonly depositPolicy: DepositPolicy;
  readonly bookingWindowDays: number;
  readonly minNoticeMinutes: number;
  readonly taxes: readonly TaxRule[];
}

/** Why a room type can't be booked, and the refusal a booking of it gets. */
export const REASON_CODES = {
  BEYOND_WINDOW: 'beyond_booking_window',
  NOTICE: 'notice_too_short',
  OCCUPANCY: 'occupancy_exceeded',
  CLOSED: 'closed',
  MIN_STAY: 'min_stay',
  SOLD_OUT: 'sold_out',
} as const satisfies Record<string, ErrorCode>;
export type StayReason = keyof typeof REASON_CODES;
export const STAY_REASONS = Object.keys(REASON_CODES) as [StayReason, ...StayReason[]];

export interface StayAssessment {
  /** Rooms left for the whole stay, overdue holds not counted against it. */
  readonly available: number;
  readonly reason: StayReason | null;
  /** The shortest stay for this arrival. */
  readonly minStay: number;
}

/** Whether the stay can be booked in this room type, and if not, the reason that stands longest. */
export function assessStay(input: {
  stay: StayRequest;
  roomType: RoomTypeOffer;
  terms: StayTerms;
  today: PlainDate;
  minutesToArrival: number;
  isStaff: boolean;
}): StayAssessment {
  const { stay, roomType, terms } = input;
  const notice = noticeOf(terms, input.isStaff);
  const nights = nightsOf(roomType, stay);
  const isComplete = nights.length === countDays(stay.checkIn, stay.checkOut);
  const available = isComplete ? Math.min(...nights.map((night) => night.free + night.overdue)) : 0;
  const minStay = nights[0]?.minStay ?? roomType.minStay;
  const lastNight = addDays(stay.checkOut, -1);
  const rules: [boolean, StayReason][] = [
    [countDays(input.today, lastNight) > terms.bookingWindowDays, 'BEYOND_WINDOW'],
    [notice > 0 && input.minutesToArrival < notice, 'NOTICE'],
    [stay.adults + stay.children > roomType.maxOccupancy, 'OCCUPANCY'],
    [!isComplete || nights.some((night) => night.isClosed), 'CLOSED'],
    [countDays(stay.checkIn, stay.checkOut) < minStay, 'MIN_STAY'],
    [available < 1, 'SOLD_OUT'],
  ];
  const reason = rules.find(([applies]) => applies)?.[1] ?? null;
  return { available: Math.max(0, available), reason, minStay };
}

/** Price of the stay in this room type, at the prices of now. */
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

/** What each night of the stay costs: the night's own price, else the discounted, else the base price. */
export function listNightPrices(roomType: RoomTypeOffer, stay: StayRequest): { date: PlainDate; amount: number }[] {
  const usual = roomType.discountedPrice ?? roomType.basePrice;
  const own = new Map(nightsOf(roomType, stay).map((night) => [night.date, night.price]));
  return listDates(stay.checkIn, stay.checkOut).map((date) => ({ date, amount: own.get(date) ?? usual }));
}

export interface StayAlternative {
  readonly roomType: string;
  readonly checkIn: PlainDate;
  readonly checkOut: PlainDate;
  readonly totalPayable: number;
  readonly currency: string;
}

/** How far alternatives are looked for, to either side of the wished arrival. */
export const ALTERNATIVE_DAYS = 14;
const MAX_ALTERNATIVES = 5;
const MINUTES_PER_DAY = 1_440;

/**
 * The nearest stays that can really be booked instead, best first.
 *
 * Other room types on the same dates come before the wished one on other dates, and those before both changed; nearer
 * dates first.
 * `roomTypes` must carry the nights of the whole span looked at.
 */
export function listAlternatives(input: {
  stay: StayRequest;
  wished: string;
  roomTypes: readonly RoomTypeOffer[];
  terms: StayTerms;
  today: PlainDate;
  minutesToArrival: number;
  isStaff: boolean;
}): StayAlternative[] {
  const shifts = Array.from({ length: ALTERNATIVE_DAYS }, (_, index) => [-(index + 1), index + 1]).flat();
  const [wished, others] = partition(input.roomTypes, (roomType) => roomType.code === input.wished);
  const candidates = [
    ...others.map((roomType) => ({ roomType, shift: 0 })),
    ...shifts.flatMap((shift) => wished.map((roomType) => ({ roomType, shift }))),
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

function nightsOf(roomType: RoomTypeOffer, stay: { checkIn: PlainDate; checkOut: PlainDate }): NightOffer[] {
  return roomType.nights.filter((night) => night.date >= stay.checkIn && night.date < stay.checkOut);
}

function partition<T>(items: readonly T[], isFirst: (item: T) => boolean): [T[], T[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))];
}
