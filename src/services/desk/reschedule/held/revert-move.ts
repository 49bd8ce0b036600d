import type { HeldMove, Tx } from '../../../../db/client.ts';
import type { LockedBooking, LockedStay } from '../../../../db/locks.ts';
import type { Author } from '../../../../domain/booking/booking.ts';
import type { Price } from '../../../../domain/money/price/price.ts';
import { listDates, toPlainDate } from '../../../../domain/time/calendar.ts';
import { announceAvailability, announceTime } from '../../../core/feed/announce.ts';
import { recordEvent } from '../../../core/transition/record-event.ts';
import type { RecordedEvent } from '../../../core/transition/record-event.ts';
import { applyPrice } from '../move/apply-price.ts';
import { moveRoom } from '../move/move-stay.ts';
import { shiftGuestLinks } from '../move/shift-guest-links.ts';

type Changes = NonNullable<RecordedEvent['changes']>;

interface Reversal {
  readonly booking: LockedBooking;
  readonly held: HeldMove;
  readonly author: Author;
}

/**
 * Reverts an unpaid move: place, party and price are what they were.
 *
 * The old nights were kept. An appointment whose old time is taken meanwhile keeps its new time, at the old price.
 * Locks: expects kept, old and new nights, both providers and the booking locked.
 */
export async function revertMove(tx: Tx, reversal: Reversal): Promise<void> {
  const { booking, held, author } = reversal;
  const place =
    booking.stay === null ? await revertAppointment(tx, reversal) : await revertStay(tx, booking.stay, reversal);
  const { set, changes } = await applyPrice(tx, { booking, price: held.price as unknown as Price, author });
  const { startsAt, endsAt } = place;
  await shiftGuestLinks(tx, { bookingId: booking.id, endsAt });
  await tx.booking.update({ where: { id: booking.id }, data: { ...set, startsAt, endsAt } });
  await recordEvent(tx, {
    booking,
    action: 'reschedule',
    author,
    reason: 'the move was not paid in time',
    changes: { ...place.changes, ...changes },
    announce: ['booking_rescheduled', 'booking_updated'],
  });
}

interface RevertedPlace {
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly changes: Changes;
}

async function revertStay(tx: Tx, stay: LockedStay, { booking, held }: Reversal): Promise<RevertedPlace> {
  const { startsAt, endsAt, checkInOn, checkOutOn } = held;
  if (checkInOn === null || checkOutOn === null) throw new Error('Bug: a held move of a stay without nights');
  const [checkIn, checkOut] = [toPlainDate(checkInOn), toPlainDate(checkOutOn)];
  const { roomTypeId } = stay;
  const left = listDates(stay.checkIn, stay.heldUntil).filter((night) => night < checkIn || night >= checkOut);
  await tx.$executeRaw`
    UPDATE inventory_nights SET reserved = reserved - 1
    WHERE room_type_id = ${roomTypeId}::uuid AND night = ANY(${left}::date[])`;
  await announceAvailability(tx, { roomTypeId, from: stay.checkIn, to: stay.heldUntil });
  const nights = { checkInOn, checkOutOn, heldUntilOn: checkOutOn };
  await tx.stay.update({ where: { bookingId: booking.id }, data: nights });
  await moveRoom(tx, { booking, stay, to: { checkIn, checkOut } });
  return {
    startsAt,
    endsAt,
    changes: { checkIn: [stay.checkIn, checkIn], checkOut: [stay.checkOut, checkOut] },
  };
}

async function revertAppointment(tx: Tx, { booking, held }: Reversal): Promise<RevertedPlace> {
  const { id, propertyId, appointment } = booking;
  const { adults, children, zoneId, providerId, occupiedFrom, occupiedUntil } = held;
  if (appointment === null || providerId === null || occupiedFrom === null || occupiedUntil === null) {
    throw new Error('Bug: a held move of an appointment without its time');
  }
  const party = { adults, children, zoneId };
  const before = await tx.appointment.update({ where: { bookingId: id }, data: party });
  const moved = await tx.$executeRaw`
    UPDATE appointments SET provider_id = ${providerId}::uuid, occupied_from = ${occupiedFrom}, occupied_until = ${occupiedUntil}
    WHERE booking_id = ${id}::uuid AND NOT EXISTS (
      SELECT FROM appointments o
      WHERE o.provider_id = ${providerId}::uuid AND o.is_live AND o.booking_id <> ${id}::uuid
        AND tstzrange(o.occupied_from, o.occupied_until) && tstzrange(${occupiedFrom}, ${occupiedUntil}))`;
  const changes = { adults: [before.adults, adults], children: [before.children, children] } as const;
  if (moved === 0) return { startsAt: booking.startsAt, endsAt: booking.endsAt, changes };
  await announceTime(tx, { propertyId, ...appointment });
  await announceTime(tx, { propertyId, providerId, occupiedFrom, occupiedUntil });
  const { startsAt, endsAt } = held;
  return {
    startsAt,
    endsAt,
    changes: { ...changes, startsAt: [booking.startsAt.toISOString(), startsAt.toISOString()] },
  };
}
