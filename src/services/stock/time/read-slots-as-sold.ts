import type { Tx } from '../../../db/client.ts';
import type { LockedAppointment, LockedBooking } from '../../../db/locks.ts';
import { toPlainDate } from '../../../domain/time/calendar.ts';
import { readSlots } from './read-slots.ts';
import type { FoundService } from './read-slots.ts';

const MINUTE_MS = 60_000;

interface SoldSlot {
  readonly booking: LockedBooking;
  readonly appointment: LockedAppointment;
  readonly providerId: string;
  readonly startsAt: Date;
}

/**
 * Reads one provider's slots around a start, for the duration and buffers that an appointment was sold with.
 *
 * Locks: expects the provider locked, so that the slots stay current.
 * Returns: null when the provider no longer does the service.
 */
export async function readSlotsAsSold(tx: Tx, slot: SoldSlot): Promise<FoundService | null> {
  const { booking, appointment, providerId, startsAt } = slot;
  const offered = await tx.providerService.findFirst({
    where: {
      providerId,
      serviceId: appointment.serviceId,
      provider: { isActive: true },
      service: { isActive: true },
    },
    select: { provider: { select: { code: true } }, service: { select: { code: true } } },
  });
  if (offered === null) return null;
  const day = toPlainDate(startsAt);
  const query = { slug: booking.slug, service: offered.service.code, provider: offered.provider.code, isStaff: true };
  const offer = await readSlots({ db: tx }, { ...query, from: day, to: day });
  const minutes = (from: Date, until: Date) => (until.getTime() - from.getTime()) / MINUTE_MS;
  const asSold = {
    durationMinutes: minutes(booking.startsAt, booking.endsAt),
    bufferBeforeMinutes: minutes(appointment.occupiedFrom, booking.startsAt),
    bufferAfterMinutes: minutes(booking.endsAt, appointment.occupiedUntil),
  };
  return { ...offer, service: { ...offer.service, ...asSold } };
}
