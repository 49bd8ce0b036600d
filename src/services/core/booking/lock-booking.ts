import type { Tx } from '../../../db/client.ts';
import { ConcurrentChange } from '../../../db/connection/sql-error.ts';
import { lockBookingRow, lockNights, lockProviders, lockRooms } from '../../../db/locks.ts';
import type { LockedBooking } from '../../../db/locks.ts';
import type { PlainDate } from '../../../domain/time/calendar.ts';
import { AppError } from '../../../errors.ts';

interface BookingKey {
  readonly propertyId: string;
  readonly code: string;
  /** The version the caller has seen (If-Match); null: any. */
  readonly ifVersion?: number | null;
}

/**
 * Locks a booking's row alone, for changes that do not touch its allocation.
 *
 * Throws: not_found, version_conflict.
 */
export async function lockBooking(tx: Tx, input: BookingKey): Promise<LockedBooking> {
  const id = await findBookingId(tx, input);
  return assertVersion(await lockBookingRow(tx, id), input);
}

interface LockOptions {
  readonly ifVersion?: number | null;
  /** Rooms to lock beside the assigned room. */
  readonly roomIds?: readonly string[];
  /** Providers to lock beside the booked provider. */
  readonly providerIds?: readonly string[];
  /** The nights to lock: of the stay (the default), from today to the stay's end, or none. */
  readonly nights?: 'STAY' | 'FROM_TODAY' | 'NONE';
}

/**
 * Locks a booking with its allocation: nights or provider, and room.
 *
 * Locks: nights, providers, rooms, booking, in that order. The allocation is read first and compared under the lock.
 * After a change in between, the transaction is retried (`ConcurrentChange`), because further locks would break the
 * order.
 * Throws: not_found, version_conflict.
 */
export async function lockBookingWithAllocation(tx: Tx, input: BookingKey & LockOptions): Promise<LockedBooking> {
  return lockBookingByIdWithAllocation(tx, { ...input, id: await findBookingId(tx, input) });
}

/** Locks a booking by id with its allocation, like `lockBookingWithAllocation`. */
export async function lockBookingByIdWithAllocation(
  tx: Tx,
  input: { readonly id: string } & LockOptions,
): Promise<LockedBooking> {
  const allocation = await readAllocation(tx, input.id);
  const { roomTypeId, checkIn, checkOut, today } = allocation;
  if (input.nights !== 'NONE' && roomTypeId !== null && checkIn !== null && checkOut !== null) {
    const from = input.nights === 'FROM_TODAY' && today < checkIn ? today : checkIn;
    await lockNights(tx, { roomTypeId, from, to: checkOut });
  }
  await lockProviders(tx, [
    ...(input.providerIds ?? []),
    ...(allocation.providerId === null ? [] : [allocation.providerId]),
  ]);
  await lockRooms(tx, [...(input.roomIds ?? []), ...(allocation.roomId === null ? [] : [allocation.roomId])]);
  const booking = assertVersion(await lockBookingRow(tx, input.id), input);
  if (!isSameAllocation(allocation, booking)) throw new ConcurrentChange();
  return booking;
}

/**
 * Locks several bookings with their allocations.
 *
 * Locks: all nights by room type and date, providers, rooms, then the bookings by id, so that concurrent callers do not
 * deadlock.
 * Throws: not_found.
 */
export async function lockBookingsWithAllocations(tx: Tx, ids: readonly string[]): Promise<LockedBooking[]> {
  const allocations: { id: string; allocation: Allocation }[] = [];
  for (const id of ids.toSorted()) allocations.push({ id, allocation: await readAllocation(tx, id) });
  const roomTypeIds = [...new Set(allocations.flatMap(({ allocation }) => allocation.roomTypeId ?? []))].toSorted();
  for (const roomTypeId of roomTypeIds) {
    const dates = allocations
      .filter(({ allocation }) => allocation.roomTypeId === roomTypeId)
      .flatMap(({ allocation }) => [allocation.checkIn ?? '', allocation.checkOut ?? ''])
      .toSorted();
    await lockNights(tx, { roomTypeId, from: dates[0] ?? '', to: dates.at(-1) ?? '' });
  }
  await lockProviders(
    tx,
    allocations.flatMap(({ allocation }) => allocation.providerId ?? []),
  );
  await lockRooms(
    tx,
    allocations.flatMap(({ allocation }) => allocation.roomId ?? []),
  );
  const locked: LockedBooking[] = [];
  for (const { id, allocation } of allocations) {
    const booking = await lockBookingRow(tx, id);
    if (booking === null) throw new AppError('not_found');
    if (!isSameAllocation(allocation, booking)) throw new ConcurrentChange();
    locked.push(booking);
  }
  return locked;
}

interface Allocation {
  readonly roomTypeId: string | null;
  readonly checkIn: PlainDate | null;
  readonly checkOut: PlainDate | null;
  readonly heldUntil: PlainDate | null;
  readonly roomId: string | null;
  readonly providerId: string | null;
  readonly today: PlainDate;
}

async function readAllocation(tx: Tx, bookingId: string): Promise<Allocation> {
  const rows = await tx.$queryRaw<Allocation[]>`
    SELECT s.room_type_id AS "roomTypeId", s.check_in_on::text AS "checkIn", s.check_out_on::text AS "checkOut",
      s.held_until_on::text AS "heldUntil", a.room_id AS "roomId", m.provider_id AS "providerId",
      to_char(app_now() AT TIME ZONE p.timezone, 'YYYY-MM-DD') AS today
    FROM bookings b
    JOIN properties p ON p.id = b.property_id
    LEFT JOIN stays s ON s.booking_id = b.id
    LEFT JOIN appointments m ON m.booking_id = b.id
    LEFT JOIN room_assignments a ON a.booking_id = b.id AND a.released_at IS NULL
    WHERE b.id = ${bookingId}::uuid`;
  const allocation = rows[0];
  if (allocation === undefined) throw new AppError('not_found');
  return allocation;
}

function isSameAllocation(allocation: Allocation, { stay, room, appointment }: LockedBooking): boolean {
  return (
    allocation.roomTypeId === (stay?.roomTypeId ?? null) &&
    allocation.checkIn === (stay?.checkIn ?? null) &&
    allocation.checkOut === (stay?.checkOut ?? null) &&
    allocation.heldUntil === (stay?.heldUntil ?? null) &&
    allocation.roomId === (room?.id ?? null) &&
    allocation.providerId === (appointment?.providerId ?? null)
  );
}

async function findBookingId(tx: Tx, { propertyId, code }: BookingKey): Promise<string> {
  const row = await tx.booking.findFirst({ where: { propertyId, code }, select: { id: true } });
  if (row === null) throw new AppError('not_found', { detail: `There is no booking ${code} here.` });
  return row.id;
}

function assertVersion(booking: LockedBooking | null, { ifVersion }: Pick<BookingKey, 'ifVersion'>): LockedBooking {
  if (booking === null) throw new AppError('not_found');
  if (ifVersion !== undefined && ifVersion !== null && ifVersion !== booking.version) {
    throw new AppError('version_conflict', {
      detail: `The booking is at version ${String(booking.version)}.`,
      extra: { version: booking.version },
    });
  }
  return booking;
}
