import type { ErrorCode } from '../../errors.ts';
import type { Address } from '../booking/booking.ts';
import { addDays, dateInZone, startOfDate } from '../time/calendar.ts';
import type { TimeRange } from '../time/opening-hours.ts';
import { priceAppointment } from '../money/price/price-appointment.ts';
import type { ServicePricing } from '../money/price/price-appointment.ts';
import type { PaymentPolicy, Price, Promo } from '../money/price/price.ts';
import { requiredNoticeMinutes } from './notice.ts';
import type { Offer } from './offer.ts';
import type { SlotProvider, SlotReason, SlotTerms } from './slots.ts';
import type { StayTerms } from './stay.ts';

const MINUTE_MS = 60_000;

export interface ServiceOffer {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly durationMinutes: number;
  readonly bufferBeforeMinutes: number;
  readonly bufferAfterMinutes: number;
  readonly stepMinutes: number;
  readonly pricing: ServicePricing;
  readonly price: number;
  readonly adultPrice: number;
  readonly childPrice: number;
  readonly minimumTotal: number;
  /** Null: the property's own policy applies, as for the next two. */
  readonly paymentPolicy: PaymentPolicy | null;
  readonly minNoticeMinutes: number | null;
  readonly bookingWindowDays: number | null;
  readonly maxAdults: number;
  readonly maxChildren: number;
  readonly isAtGuests: boolean;
}

export interface ProviderOffer extends SlotProvider {
  readonly id: string;
  readonly name: string;
  /** Version of hours, time off and services at the time of reading. */
  readonly version: number;
  /** Time of appointments only, without time off. */
  readonly taken: readonly TimeRange[];
}

export interface ZoneOffer {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  /** Prefixes of postal codes. */
  readonly postalCodes: readonly string[];
  readonly fee: number;
}

/** A service, its providers and its zones at one property. */
export interface SlotOffer extends Offer {
  /** Null when the property has no such service. */
  readonly service: ServiceOffer | null;
  readonly providers: readonly ProviderOffer[];
  readonly zones: readonly ZoneOffer[];
}

/** Party and place of a requested appointment, without start and provider. */
export interface AppointmentRequest {
  readonly adults: number;
  readonly children: number;
  readonly address: Address | null;
  /** Code of a zone, for a price before the address is known. */
  readonly zone: string | null;
}

/** Error codes by the reason why a start can't be booked. */
export const SLOT_CODES = {
  PAST: 'past_time',
  WINDOW: 'beyond_booking_window',
  NOTICE: 'notice_too_short',
  CLOSED: 'outside_hours',
  OFF_GRID: 'start_not_offered',
  TAKEN: 'slot_taken',
} as const satisfies Record<SlotReason, ErrorCode>;

export const SLOT_REASONS = Object.keys(SLOT_CODES) as [SlotReason, ...SlotReason[]];

/** Computes the terms for every start of the service at this moment. */
export function computeSlotTerms(offer: SlotOffer, service: ServiceOffer, isStaff: boolean): SlotTerms {
  const { timezone } = offer.property;
  const now = offer.now.getTime();
  const { durationMinutes, bufferBeforeMinutes, bufferAfterMinutes, stepMinutes } = service;
  const windowEnd = startOfDate(addDays(offer.today, offer.terms.bookingWindowDays + 1), timezone).getTime() - 1;
  return {
    timezone,
    durationMinutes,
    bufferBeforeMinutes,
    bufferAfterMinutes,
    stepMinutes,
    earliest: now + requiredNoticeMinutes(offer.terms, isStaff) * MINUTE_MS,
    latest: windowEnd,
  };
}

/** Computes the provider's time that a start occupies: the service and its buffers. */
export function computeOccupiedTime(service: ServiceOffer, startsAt: number): TimeRange {
  return {
    from: startsAt - service.bufferBeforeMinutes * MINUTE_MS,
    until: startsAt + (service.durationMinutes + service.bufferAfterMinutes) * MINUTE_MS,
  };
}

/** Sorts providers by workload around this moment, least busy first. */
export function sortByWorkload(providers: readonly ProviderOffer[], around: TimeRange): ProviderOffer[] {
  const load = ({ taken }: ProviderOffer) =>
    taken.reduce(
      (sum, { from, until }) => sum + Math.max(0, Math.min(until, around.until) - Math.max(from, around.from)),
      0,
    );
  // A stable sort keeps the property's own order among equals.
  return [...providers].sort((a, b) => load(a) - load(b));
}

/**
 * Finds the zone by code, or by the longest matching prefix of the postal code.
 *
 * Returns: undefined for an address outside of every zone.
 */
export function findZone(zones: readonly ZoneOffer[], request: AppointmentRequest): ZoneOffer | undefined {
  const { zone, address } = request;
  if (zone !== null) return zones.find(({ code }) => code === zone);
  const postalCode = address?.postalCode.replaceAll(/[\s-]/g, '').toUpperCase() ?? '';
  const matches = zones.flatMap((each) =>
    each.postalCodes.map((prefix) => ({ each, prefix: prefix.replaceAll(/[\s-]/g, '').toUpperCase() })),
  );
  return matches
    .filter(({ prefix }) => postalCode.startsWith(prefix))
    .sort((a, b) => b.prefix.length - a.prefix.length)[0]?.each;
}

/** Prices the service at current prices, with the taxes of its date in the property's zone. */
export function priceService(input: {
  service: ServiceOffer;
  terms: StayTerms;
  startsAt: Date;
  timezone: string;
  request: Pick<AppointmentRequest, 'adults' | 'children'>;
  zone: ZoneOffer | null;
  promo: Promo | null;
}): Price {
  const { service, terms, request, zone, promo } = input;
  const { adults, children } = request;
  return priceAppointment({
    ...service,
    ...terms,
    serviceName: service.name,
    date: dateInZone(input.startsAt, input.timezone),
    adults,
    children,
    zone,
    promo,
    walletAmount: 0,
  });
}
