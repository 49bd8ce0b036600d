import { randomUUIDv7 } from 'node:crypto';
import type { Context } from '../../context.ts';
import type { Room, Tx } from '../../db/client.ts';
import type { LockedBooking } from '../../db/locks.ts';
import type { BookingSnapshot } from '../../domain/booking.ts';
import type { PlainDate } from '../../domain/time/calendar.ts';
import { AppError } from '../../errors.ts';
import { actOnBooking } from '../booking/act-on-booking.ts';
import type { BookingActionInput } from '../booking/act-on-booking.ts';
import { lockBookingWithPlace } from '../booking/lock-booking.ts';
import { rangeOf } from './change-room.ts';
import { markRoomUsed } from './mark-room-used.ts';
import { recordEvent } from '../transition/record-event.ts';
import { assertReady } from './assert-ready.ts';
import { assertAssignable, bumpAssignment, freeRoom, nightsToCome } from './assignment.ts';

interface Assignment extends BookingActionInput {
  readonly room: string;
  /** The assignment the caller has seen; null: any. */
  readonly assignmentVersion: number | null;
}

/**
 * Gives a booking a room for its nights from today on; the room that a guest in the house leaves stays in history.
 *
 * Locks: old and new room, then the booking; the exclusion constraint decides between two bookings.
 * Throws: not_found, version_conflict, invalid_transition, wrong_room_type, room_not_ready, room_taken,
 * past_time (from the day of departure on).
 */
export async function assignRoom(ctx: Context, input: Assignment): Promise<BookingSnapshot> {
  return actOnBooking(ctx, 'booking/assign-room', input, async (tx) => {
    const { propertyId, actor } = input;
    const room = await tx.room.findFirst({ where: { propertyId, number: input.room } });
    if (room === null) throw new AppError('not_found', { detail: `There is no room ${input.room}.` });
    const booking = await lockBookingWithPlace(tx, { ...input, nights: 'NONE', roomIds: [room.id] });
    const stay = assertAssignable(booking, input.assignmentVersion);
    if (booking.room?.id === room.id) return booking.id;
    if (room.roomTypeId !== stay.roomTypeId) throw new AppError('wrong_room_type');
    const nights = nightsToCome(stay, booking.today);
    if (nights.from >= nights.to) {
      throw new AppError('past_time', { detail: `The stay has no night left; it ends on ${nights.to}.` });
    }
    await assertInOrder(tx, room, nights);
    // Who is in the house moves in at once; who is to come has time for the room to be made ready.
    if (booking.status === 'IN_HOUSE') await assertReady(tx, { booking, room, override: null });
    await freeRoom(tx, booking);
    if (booking.status === 'IN_HOUSE') await markRoomUsed(tx, booking, booking.status);
    await insertAssignment(tx, { booking, room, ...nights, actorId: actor.id });
    await bumpAssignment(tx, booking, stay);
    await recordEvent(tx, {
      ...{ booking, action: 'assign-room', actor, requestId: ctx.request.id },
      changes: { room: [booking.room?.number ?? null, room.number] },
      announce: ['room_assigned'],
      announced: { roomNumber: room.number },
    });
    return booking.id;
  });
}

async function assertInOrder(tx: Tx, room: Room, nights: { from: PlainDate; to: PlainDate }): Promise<void> {
  const block = rangeOf(await tx.room.findUniqueOrThrow({ where: { id: room.id } }));
  if (block !== null && block.from < nights.to && nights.from < block.to) {
    const { from, to } = block;
    throw new AppError('room_not_ready', { detail: `Room ${room.number} is out of order from ${from} to ${to}.` });
  }
}

async function insertAssignment(
  tx: Tx,
  input: { booking: LockedBooking; room: Room; from: PlainDate; to: PlainDate; actorId: string | null },
): Promise<void> {
  const { booking, room, from, to, actorId } = input;
  const inserted = await tx.$executeRaw`
    INSERT INTO room_assignments (id, booking_id, room_id, from_on, to_on, assigned_by)
    VALUES (${randomUUIDv7()}::uuid, ${booking.id}::uuid, ${room.id}::uuid, ${from}::date, ${to}::date, ${actorId}::uuid)
    ON CONFLICT DO NOTHING`;
  if (inserted === 0)
    throw new AppError('room_taken', { detail: `Room ${room.number} is taken on some of those nights.` });
}
