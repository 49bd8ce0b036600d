import { AppError } from '../../errors.ts';
import { findZone } from './appointment.ts';
import type { AppointmentRequest, ServiceOffer, ZoneOffer } from './appointment.ts';

/**
 * Chooses the travel zone of a service; null for a service at the property.
 *
 * The address decides, because the travel fee depends on the zone. Without an address the named zone counts; staff may
 * also override the address by naming a zone.
 * Throws: outside_zone; occupancy_exceeded; validation_failed when neither address nor zone is given.
 */
export function chooseZone(
  offer: { readonly service: ServiceOffer; readonly zones: readonly ZoneOffer[] },
  request: AppointmentRequest,
  isStaff: boolean,
): ZoneOffer | null {
  const { service, zones } = offer;
  const { address, zone } = request;
  assertGuestsFit(service, request);
  if (!service.isAtGuests) return null;
  if (address === null && zone === null) {
    throw new AppError('validation_failed', { errors: [{ path: 'address', message: 'is needed for this service' }] });
  }
  const isByCode = zone !== null && (isStaff || address === null);
  const found = findZone(zones, isByCode ? request : { ...request, zone: null });
  if (found !== undefined) return found;
  throw new AppError('outside_zone', { extra: { zones: zones.map(({ code, name }) => ({ code, name })) } });
}

/** Asserts that a service takes so many guests. Throws: occupancy_exceeded, with the numbers that it takes. */
export function assertGuestsFit(
  { maxAdults, maxChildren }: Pick<ServiceOffer, 'maxAdults' | 'maxChildren'>,
  { adults, children }: { readonly adults: number; readonly children: number },
): void {
  if (adults <= maxAdults && children <= maxChildren) return;
  const detail = `Book at most ${count(maxAdults, 'adult', 'adults')} and ${count(maxChildren, 'child', 'children')}.`;
  throw new AppError('occupancy_exceeded', { detail, extra: { maxAdults, maxChildren } });
}

function count(number: number, one: string, many: string): string {
  return `${number === 0 ? 'no' : String(number)} ${number === 1 ? one : many}`;
}
