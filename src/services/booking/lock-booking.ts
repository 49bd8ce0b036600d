import type { Tx } from '../../db/client.ts';
import { lockBookingRow, lockNights, lockRooms } from '../../db/locks.ts';
import type { LockedBooking } from '../../db/locks.ts';
import { AppError } from '../../errors.ts';

/** How often the nights or the room may change between looking and locking before we call ourselves too busy. */
const MAX_LOOKS = 5;

interface BookingName {
  readonly propertyId: string;
  readonly code: string;
  /** The version the caller has seen (If-Match); null: any. */
  readonly ifVersion?: number | null;
}

/**
 * Locks a booking alone, for changes that touch neither its nights nor its room.
 *
 * Throws: not_found, version_conflict.
 */
export async function lockBooking(tx: Tx, name: BookingName): Promise<LockedBooking> {
  const id = await findBookingId(tx, name);
  return assertVersion(await lockBookingRow(tx, id), name);
}

/**
 * Locks a booking together with the nights it holds (unless `nights` is false), its room, and the rooms in `roomIds`.
 *
 * Locks: nights, rooms, booking, in that order. What they are is read first and checked again under the lock.
 * Throws: not_found, version_conflict, overloaded when it kept changing.
 */
export async function lockBookingWithPlace(
  tx: Tx,
  name: BookingName & { readonly roomIds?: readonly string[]; readonly nights?: boolean },
): Promise<LockedBooking> {
  const id = await findBookingId(tx, name);
  for (let look = 1; look <= MAX_LOOKS; look += 1) {
    const place = await readPlace(tx, id);
    if (name.nights !== false && place.roomTypeId !== null && place.from !== null && place.to !== null) {
      await lockNights(tx, { roomTypeId: place.roomTypeId, from: place.from, to: place.to });
    }
    await lockRooms(tx, [...(name.roomIds ?? []), ...(place.roomId === null ? [] : [place.roomId])]);
    const booking = assertVersion(await lockBookingRow(tx, id), name);
    if (isSamePlace(place, booking)) return booking;
  }
  throw new AppError('overloaded', { retryAfterSeconds: 1 });
}

interface Place {
  readonly roomTypeId: string | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly roomId: string | null;
}

async function readPlace(tx: Tx, bookingId: string): Promise<Place> {
  const rows = await tx.$queryRaw<Place[]>`
    SELECT s.room_type_id AS "roomTypeId", s.check_in_on::text AS "from", s.held_until_on::text AS "to", a.room_id AS "roomId"
    FROM bookings b
    LEFT JOIN stays s ON s.booking_id = b.id
    LEFT JOIN room_assignments a ON a.booking_id = b.id AND a.released_at IS NULL
    WHERE b.id = ${bookingId}::uuid`;
  return rows[0] ?? { roomTypeId: null, from: null, to: null, roomId: null };
}

function isSamePlace(place: Place, booking: LockedBooking): boolean {
  return (
    place.roomTypeId === (booking.stay?.roomTypeId ?? null) &&
    place.from === (booking.stay?.checkIn ?? null) &&
    place.to === (booking.stay?.heldUntil ?? null) &&
    place.roomId === (booking.room?.id ?? null)
  );
}

async function findBookingId(tx: Tx, { propertyId, code }: BookingName): Promise<string> {
  const row = await tx.booking.findFirst({ where: { propertyId, code }, select: { id: true } });
  if (row === null) throw new AppError('not_found', { detail: `There is no booking ${code} here.` });
  return row.id;
}

function assertVersion(booking: LockedBooking | null, { ifVersion }: BookingName): LockedBooking {
  if (booking === null) throw new AppError('not_found');
  if (ifVersion !== undefined && ifVersion !== null && ifVersion !== booking.version) {
    throw new AppError('version_conflict', {
      detail: `The booking is at version ${String(booking.version)}.`,
      extra: { version: booking.version },
    });
  }
  return booking;
}
