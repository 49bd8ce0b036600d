import type { RawQueries } from '../../../db/connection/direct-query.ts';
import { insertAppointmentBooking } from '../../../db/statements/insert-appointment-booking.ts';
import type { AppointmentBookingRow } from '../../../db/statements/insert-appointment-booking.ts';
import { computeOccupiedTime, priceService } from '../../../domain/availability/appointment.ts';
import type { AppointmentRequest, ProviderOffer, ZoneOffer } from '../../../domain/availability/appointment.ts';
import { chooseZone } from '../../../domain/availability/choose-zone.ts';
import type { PromoOffer } from '../../../domain/money/price/promo.ts';
import { addressPlace } from '../../core/secrets/sealed-columns.ts';
import { seal } from '../../core/secrets/sealing.ts';
import { validatePromo } from '../../stock/redemption/validate-promo.ts';
import { chooseProviders } from '../../stock/time/choose-providers.ts';
import { readSlots } from '../../stock/time/read-slots.ts';
import type { FoundService } from '../../stock/time/read-slots.ts';
import { readStartAt } from '../../stock/time/read-start.ts';
import { refuseSlotTaken } from '../../stock/time/refuse-slot-taken.ts';
import { canUnblockTime, releaseOverdueAppointments } from '../hold/release-overdue-appointments.ts';
import type { BookingSteps } from './booking-steps.ts';
import { draftBooking, isByStaff } from './draft-booking.ts';
import type { BookingDraft, DraftContext, NewBooking } from './draft-booking.ts';

const MINUTE_MS = 60_000;

export interface NewAppointmentBooking extends NewBooking, AppointmentRequest {
  readonly kind: 'APPOINTMENT';
  readonly service: string;
  /** Null: any provider who is free. */
  readonly provider: string | null;
  /** With an offset, or as wall time in the property's zone. */
  readonly startsAt: string;
}

type AppointmentPlace = AppointmentBookingRow['place'];

/** A service's offer, and the instant of the requested `startsAt`. */
type AppointmentOffer = FoundService & { readonly startsAt: Date };

/** Tries the free providers, the least busy of the day first, unless the request names a provider. */
export const appointmentBooking: BookingSteps<NewAppointmentBooking, AppointmentOffer, AppointmentPlace> = {
  describe({ slug, service, startsAt }) {
    return { slug, service, startsAt };
  },

  async readOffer(ctx, input) {
    const offer = await readDay(ctx, input, { drawsCode: true, isStaff: isByStaff(ctx) });
    return { ...offer, startsAt: readStartAt(input.startsAt, offer.property.timezone) };
  },

  decide(input, offer, requested) {
    const isStaff = isByStaff(input);
    const startsAt = offer.startsAt.getTime();
    const providers = chooseProviders(offer, { startsAt, isStaff });
    const { service, terms, now, property } = offer;
    const { timezone } = property;
    const zone = chooseZone(offer, input, isStaff);
    const promo = validatePromo(requested, {
      now,
      sold: { service: service.code },
      isStaff,
      amount: () =>
        priceService({ service, terms, startsAt: offer.startsAt, timezone, request: input, zone, promo: null })
          .baseAmount,
    });
    return providers.map((provider) => () => draftAppointment(input, offer, { startsAt, provider, zone, promo }));
  },

  insert: insertAppointmentBooking,

  canUnblock: (ctx, offer) => canUnblockTime(ctx.db, { providers: offer.providers, ...occupiedIn(offer) }),

  async release(tx, input, offer) {
    const { providers, bookingCode, startsAt } = offer;
    const blocked = { providers, ...occupiedIn(offer), requestId: input.author.requestId };
    const expired = await releaseOverdueAppointments(tx, blocked);
    // The providers are locked, so hours and appointments can't change until the commit.
    const current = await readDay({ db: tx }, input, { drawsCode: false, isStaff: isByStaff(input) });
    return { expired, offer: { ...current, bookingCode, startsAt } };
  },

  placeOf: (_input, offer) => toInstants(occupiedIn(offer)),

  describeRefusal(ctx, input, { startsAt, property }) {
    const { slug, service, provider } = input;
    const { timezone } = property;
    return refuseSlotTaken(ctx, { slug, service, provider, startsAt, timezone, isStaff: isByStaff(ctx) });
  },
};

/** Prices an appointment and decides every value of its booking. */
export function draftAppointment(
  input: NewAppointmentBooking & DraftContext,
  offer: FoundService,
  at: {
    readonly startsAt: number;
    readonly provider: ProviderOffer;
    readonly zone: ZoneOffer | null;
    readonly promo: PromoOffer | null;
  },
): BookingDraft<AppointmentPlace> {
  const { service, terms } = offer;
  const { payment, adults, children, address } = input;
  const { startsAt, provider, zone, promo } = at;
  const occupied = toInstants(computeOccupiedTime(service, startsAt));
  const payable = payment === 'LINK' ? terms : { ...terms, paymentPolicy: 'NONE' as const };
  const { code, name } = service;
  return draftBooking({
    ...input,
    ...offer,
    price: priceService({
      service,
      terms: payable,
      startsAt: new Date(startsAt),
      timezone: offer.property.timezone,
      request: input,
      zone,
      promo,
    }),
    promo,
    startsAt: new Date(startsAt),
    endsAt: new Date(startsAt + service.durationMinutes * MINUTE_MS),
    stay: null,
    appointment: {
      service: { code, name },
      provider: { code: provider.code, name: provider.name },
      adults,
      children,
      address,
      zone: zone && { code: zone.code, name: zone.name },
    },
    place: (bookingId) => ({
      service_id: service.id,
      provider_id: provider.id,
      schedule_version: provider.version,
      occupied_from: occupied.from,
      occupied_until: occupied.to,
      adults,
      children,
      address_sealed: address && seal(input.keys, JSON.stringify(address), addressPlace(bookingId)),
      zone_id: zone?.id ?? null,
    }),
    taken: { provider: provider.code, ...occupied },
  });
}

/** Reads the service and its providers' time around the requested start. */
function readDay(
  ctx: { readonly db: RawQueries },
  input: NewAppointmentBooking,
  { drawsCode, isStaff }: { readonly drawsCode: boolean; readonly isStaff: boolean },
) {
  const { slug, service, provider, startsAt } = input;
  const day = startsAt.slice(0, 'YYYY-MM-DD'.length);
  return readSlots(ctx, { slug, service, provider, from: day, to: day, isStaff, drawsCode });
}

/** Returns the time that the booking takes of a provider, buffers included, in epoch milliseconds. */
function occupiedIn({ service, startsAt }: AppointmentOffer): ReturnType<typeof computeOccupiedTime> {
  return computeOccupiedTime(service, startsAt.getTime());
}

function toInstants({ from, until }: ReturnType<typeof computeOccupiedTime>): { from: string; to: string } {
  return { from: new Date(from).toISOString(), to: new Date(until).toISOString() };
}
