import type { ErrorCode } from '../../errors.ts';
import type { Address } from '../booking.ts';
import { addDays, startOfDate } from '../time/calendar.ts';
import type { TimeRange } from '../time/opening-hours.ts';
import { priceAppointment } from '../money/price/price-appointment.ts';
import type { ServicePricing } from '../money/price/price-appointment.ts';
import type { PaymentPolicy, Price, Promo } from '../money/price/price.ts';
import { noticeOf } from './notice.ts';
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
  /** Null: the property's; so are the two below. */
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
  /** Of hours, time off and services, as they were read. */
  readonly version: number;
  /** By appointments alone, time off aside. */
  readonly taken: readonly TimeRange[];
}

export interface ZoneOffer {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  /** Beginnings of postal codes. */
  readonly postalCodes: readonly string[];
  readonly fee: number;
}

/** What a property offers of a service. */
export interface SlotOffer extends Offer {
  /** Null when there is no such service. */
  readonly service: ServiceOffer | null;
  readonly providers: readonly ProviderOffer[];
  readonly zones: readonly ZoneOffer[];
}

/** What an appointment asks for, when and by whom aside. */
export interface AppointmentRequest {
  readonly adults: number;
  readonly children: number;
  readonly address: Address | null;
  /** A zone by its code, where there is no address yet. */
  readonly zone: string | null;
}

/** The refusal that a booking of a start gets, by why it can't be had. */
export const SLOT_CODES = {
  PAST: 'past_time',
  WINDOW: 'beyond_booking_window',
  NOTICE: 'notice_too_short',
  CLOSED: 'outside_hours',
  OFF_GRID: 'start_not_offered',
  TAKEN: 'slot_taken',
} as const satisfies Record<SlotReason, ErrorCode>;

export const SLOT_REASONS = Object.keys(SLOT_CODES) as [SlotReason, ...SlotReason[]];

/** What the service asks of every start at this moment. */
export function slotTermsOf(offer: SlotOffer, service: ServiceOffer, isStaff: boolean): SlotTerms {
  const { timezone } = offer.property;
  const now = offer.now.getTime();
  const { durationMinutes, bufferBeforeMinutes, bufferAfterMinutes, stepMinutes } = service;
  const windowEnd = startOfDate(addDays(offer.today, offer.terms.bookingWindowDays + 1), timezone).getTime() - 1;
  return {
    ...{ timezone, durationMinutes, bufferBeforeMinutes, bufferAfterMinutes, stepMinutes },
    earliest: now + noticeOf(offer.terms, isStaff) * MINUTE_MS,
    latest: windowEnd,
  };
}

/** What of the provider's time a start takes: the service and its buffers. */
export function occupiedBy(service: ServiceOffer, startsAt: number): TimeRange {
  return {
    from: startsAt - service.bufferBeforeMinutes * MINUTE_MS,
    until: startsAt + (service.durationMinutes + service.bufferAfterMinutes) * MINUTE_MS,
  };
}

/** The providers, who has least to do around this moment first. */
export function byWorkload(providers: readonly ProviderOffer[], around: TimeRange): ProviderOffer[] {
  const load = ({ taken }: ProviderOffer) =>
    taken.reduce(
      (sum, { from, until }) => sum + Math.max(0, Math.min(until, around.until) - Math.max(from, around.from)),
      0,
    );
  // Sorting keeps the property's own order among equals.
  return [...providers].sort((a, b) => load(a) - load(b));
}

/**
 * The zone the service would be brought to: by its code, or by the longest beginning of the postal code.
 *
 * Undefined when it is outside of all of them.
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

/** The price of the service, at the prices of now. */
export function priceService(input: {
  service: ServiceOffer;
  terms: StayTerms;
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
    adults,
    children,
    zone,
    promo,
    walletAmount: 0,
  });
}
