import type { AppointmentBookingRow } from '../../db/statements/insert-appointment-booking.ts';
import { findZone, occupiedBy, priceService } from '../../domain/availability/appointment.ts';
import type { AppointmentRequest, ProviderOffer, ZoneOffer } from '../../domain/availability/appointment.ts';
import type { PromoOffer } from '../../domain/money/promo.ts';
import { AppError } from '../../errors.ts';
import type { FoundService } from '../slots/read-slots.ts';
import { seal } from '../secrets/sealing.ts';
import type { Keyring } from '../secrets/sealing.ts';
import { draftBooking } from './draft-booking.ts';
import type { BookingDraft, NewBooking } from './draft-booking.ts';

const MINUTE_MS = 60_000;

export interface NewAppointmentBooking extends NewBooking, AppointmentRequest {
  readonly service: string;
  /** Null: whoever is free. */
  readonly provider: string | null;
  /** With an offset, or as wall time in the property's zone. */
  readonly startsAt: string;
}

export type AppointmentDraft = BookingDraft<AppointmentBookingRow['place']>;

/** Prices an appointment and decides every value of its booking. */
export function draftAppointment(
  input: NewAppointmentBooking & { readonly keys: Keyring; readonly requestId: string | null },
  offer: FoundService,
  at: {
    readonly startsAt: number;
    readonly provider: ProviderOffer;
    readonly zone: ZoneOffer | null;
    readonly promo: PromoOffer | null;
  },
): AppointmentDraft {
  const { service, terms } = offer;
  const { payment, adults, children, address } = input;
  const { startsAt, provider, zone, promo } = at;
  const occupied = occupiedBy(service, startsAt);
  const [occupiedFrom, occupiedUntil] = [new Date(occupied.from).toISOString(), new Date(occupied.until).toISOString()];
  const payable = payment === 'LINK' ? terms : { ...terms, paymentPolicy: 'NONE' as const };
  const { code, name } = service;
  return draftBooking({
    ...input,
    ...offer,
    price: priceService({ service, terms: payable, request: input, zone, promo }),
    promo,
    startsAt: new Date(startsAt),
    endsAt: new Date(startsAt + service.durationMinutes * MINUTE_MS),
    stay: null,
    appointment: {
      service: { code, name },
      provider: { code: provider.code, name: provider.name },
      ...{ adults, children, address },
      zone: zone && { code: zone.code, name: zone.name },
    },
    place: {
      service_id: service.id,
      provider_id: provider.id,
      schedule_version: provider.version,
      occupied_from: occupiedFrom,
      occupied_until: occupiedUntil,
      ...{ adults, children },
      address_sealed: address && seal(input.keys, JSON.stringify(address)),
      zone_id: zone?.id ?? null,
    },
    taken: { provider: provider.code, from: occupiedFrom, to: occupiedUntil },
  });
}

/**
 * Where the service is brought to; null for one that is done at the property.
 *
 * The address decides, because the way costs; a zone may be named instead of it, and by staff against it.
 * Throws: outside_zone; occupancy_exceeded; validation_failed when it is not said where.
 */
export function chooseZone(offer: FoundService, request: AppointmentRequest, isStaff: boolean): ZoneOffer | null {
  const { service, zones } = offer;
  const { adults, children, address, zone } = request;
  if (adults > service.maxAdults || children > service.maxChildren) {
    const { maxAdults, maxChildren } = service;
    const detail = `At most ${String(maxAdults)} adults and ${String(maxChildren)} children.`;
    throw new AppError('occupancy_exceeded', { detail, extra: { maxAdults, maxChildren } });
  }
  if (!service.isAtGuests) return null;
  if (address === null && zone === null) {
    throw new AppError('validation_failed', { errors: [{ path: 'address', message: 'is needed for this service' }] });
  }
  const isByCode = zone !== null && (isStaff || address === null);
  const found = findZone(zones, isByCode ? request : { ...request, zone: null });
  if (found !== undefined) return found;
  throw new AppError('outside_zone', { extra: { zones: zones.map(({ code, name }) => ({ code, name })) } });
}
