import type { Tx } from '../../db/client.ts';
import { ConcurrentChange } from '../../db/sql-error.ts';
import { lockBookingRow, lockNights, lockProviders, lockRooms } from '../../db/locks.ts';
import type { LockedBooking } from '../../db/locks.ts';
import type { PlainDate } from '../../domain/time/calendar.ts';
import { AppError } from '../../errors.ts';

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

interface PlaceOptions {
  readonly ifVersion?: number | null;
  /** Rooms beside the one it has. */
  readonly roomIds?: readonly string[];
  /** Providers beside its own. */
  readonly providerIds?: readonly string[];
  /** The nights of its stay (the default), those from today on as well, or none. */
  readonly nights?: 'STAY' | 'FROM_TODAY' | 'NONE';
}

/**
 * Locks a booking together with the nights of its stay or its provider, its room, and the rooms in `roomIds`.
 *
 * Locks: nights, provider, rooms, booking, in that order. What they are is read first and checked again under the lock; should
 * they have changed in between, the whole transaction runs again, because locking more now would break the order.
 * Throws: not_found, version_conflict.
 */
export async function lockBookingWithPlace(tx: Tx, name: BookingName & PlaceOptions): Promise<LockedBooking> {
  return lockPlaceOf(tx, { ...name, id: await findBookingId(tx, name) });
}

/** The same for a booking that is known by its id. */
export async function lockPlaceOf(tx: Tx, name: { readonly id: string } & PlaceOptions): Promise<LockedBooking> {
  const place = await readPlace(tx, name.id);
  const { roomTypeId, checkIn, checkOut, today } = place;
  if (name.nights !== 'NONE' && roomTypeId !== null && checkIn !== null && checkOut !== null) {
    const from = name.nights === 'FROM_TODAY' && today < checkIn ? today : checkIn;
    await lockNights(tx, { roomTypeId, from, to: checkOut });
  }
  await lockProviders(tx, [...(name.providerIds ?? []), ...(place.providerId === null ? [] : [place.providerId])]);
  await lockRooms(tx, [...(name.roomIds ?? []), ...(place.roomId === null ? [] : [place.roomId])]);
  const booking = assertVersion(await lockBookingRow(tx, name.id), name);
  if (!isSamePlace(place, booking)) throw new ConcurrentChange();
  return booking;
}

/**
 * Locks several bookings with their places at once.
 *
 * Locks: all their nights by room type and date, providers, rooms, then the bookings by id, so that two who want the same
 * ones never wait for each other in a circle.
 */
export async function lockPlacesOf(tx: Tx, ids: readonly string[]): Promise<LockedBooking[]> {
  const places: { id: string; place: Place }[] = [];
  for (const id of ids.toSorted()) places.push({ id, place: await readPlace(tx, id) });
  const roomTypeIds = [...new Set(places.flatMap(({ place }) => place.roomTypeId ?? []))].toSorted();
  for (const roomTypeId of roomTypeIds) {
    const dates = places
      .filter(({ place }) => place.roomTypeId === roomTypeId)
      .flatMap(({ place }) => [place.checkIn ?? '', place.checkOut ?? ''])
      .toSorted();
    await lockNights(tx, { roomTypeId, from: dates[0] ?? '', to: dates.at(-1) ?? '' });
  }
  await lockProviders(
    tx,
    places.flatMap(({ place }) => place.providerId ?? []),
  );
  await lockRooms(
    tx,
    places.flatMap(({ place }) => place.roomId ?? []),
  );
  const locked: LockedBooking[] = [];
  for (const { id, place } of places) {
    const booking = await lockBookingRow(tx, id);
    if (booking === null) throw new AppError('not_found');
    if (!isSamePlace(place, booking)) throw new ConcurrentChange();
    locked.push(booking);
  }
  return locked;
}

interface Place {
  readonly roomTypeId: string | null;
  readonly checkIn: PlainDate | null;
  readonly checkOut: PlainDate | null;
  readonly heldUntil: PlainDate | null;
  readonly roomId: string | null;
  readonly providerId: string | null;
  readonly today: PlainDate;
}

async function readPlace(tx: Tx, bookingId: string): Promise<Place> {
  const rows = await tx.$queryRaw<Place[]>`
    SELECT s.room_type_id AS "roomTypeId", s.check_in_on::text AS "checkIn", s.check_out_on::text AS "checkOut",
      s.held_until_on::text AS "heldUntil", a.room_id AS "roomId", m.provider_id AS "providerId",
      to_char(app_now() AT TIME ZONE p.timezone, 'YYYY-MM-DD') AS today
    FROM bookings b
    JOIN properties p ON p.id = b.property_id
    LEFT JOIN stays s ON s.booking_id = b.id
    LEFT JOIN appointments m ON m.booking_id = b.id
    LEFT JOIN room_assignments a ON a.booking_id = b.id AND a.released_at IS NULL
    WHERE b.id = ${bookingId}::uuid`;
  const place = rows[0];
  if (place === undefined) throw new AppError('not_found');
  return place;
}

function isSamePlace(place: Place, { stay, room, appointment }: LockedBooking): boolean {
  return (
    place.roomTypeId === (stay?.roomTypeId ?? null) &&
    place.checkIn === (stay?.checkIn ?? null) &&
    place.checkOut === (stay?.checkOut ?? null) &&
    place.heldUntil === (stay?.heldUntil ?? null) &&
    place.roomId === (room?.id ?? null) &&
    place.providerId === (appointment?.providerId ?? null)
  );
}

async function findBookingId(tx: Tx, { propertyId, code }: BookingName): Promise<string> {
  const row = await tx.booking.findFirst({ where: { propertyId, code }, select: { id: true } });
  if (row === null) throw new AppError('not_found', { detail: `There is no booking ${code} here.` });
  return row.id;
}

function assertVersion(booking: LockedBooking | null, { ifVersion }: Pick<BookingName, 'ifVersion'>): LockedBooking {
  if (booking === null) throw new AppError('not_found');
  if (ifVersion !== undefined && ifVersion !== null && ifVersion !== booking.version) {
    throw new AppError('version_conflict', {
      detail: `The booking is at version ${String(booking.version)}.`,
      extra: { version: booking.version },
    });
  }
  return booking;
}
