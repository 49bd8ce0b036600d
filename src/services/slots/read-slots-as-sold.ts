import type { Tx } from '../../db/client.ts';
import type { LockedAppointment, LockedBooking } from '../../db/locks.ts';
import { toPlainDate } from '../../domain/time/calendar.ts';
import { readSlots } from './read-slots.ts';
import type { FoundService } from './read-slots.ts';

const MINUTE_MS = 60_000;

interface Place {
  readonly booking: LockedBooking;
  readonly appointment: LockedAppointment;
  readonly providerId: string;
  readonly startsAt: Date;
}

/**
 * What one provider offers around a start to an appointment that is as long as it was sold; null where they do its service
 * no more.
 *
 * Locks: expects the provider locked, so that it stays true.
 */
export async function readSlotsAsSold(tx: Tx, place: Place): Promise<FoundService | null> {
  const { booking, appointment, providerId, startsAt } = place;
  const done = await tx.providerService.findFirst({
    where: {
      ...{ providerId, serviceId: appointment.serviceId },
      ...{ provider: { isActive: true }, service: { isActive: true } },
    },
    select: { provider: { select: { code: true } }, service: { select: { code: true } } },
  });
  if (done === null) return null;
  const day = toPlainDate(startsAt);
  const asked = { slug: booking.slug, service: done.service.code, provider: done.provider.code, isStaff: true };
  const offer = await readSlots({ db: tx }, { ...asked, from: day, to: day });
  const minutes = (from: Date, until: Date) => (until.getTime() - from.getTime()) / MINUTE_MS;
  const asSold = {
    durationMinutes: minutes(booking.startsAt, booking.endsAt),
    bufferBeforeMinutes: minutes(appointment.occupiedFrom, booking.startsAt),
    bufferAfterMinutes: minutes(booking.endsAt, appointment.occupiedUntil),
  };
  return { ...offer, service: { ...offer.service, ...asSold } };
}
