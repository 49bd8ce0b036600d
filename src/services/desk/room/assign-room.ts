import { randomUUIDv7 } from 'node:crypto';
import type { RequestContext } from '../../../context.ts';
import type { Room, Tx } from '../../../db/client.ts';
import type { LockedBooking } from '../../../db/locks.ts';
import type { BookingSnapshot } from '../../../domain/booking/booking.ts';
import type { PlainDate } from '../../../domain/time/calendar.ts';
import { AppError } from '../../../errors.ts';
import { actOnBooking } from '../../core/booking/act-on-booking.ts';
import type { BookingActionInput } from '../../core/booking/act-on-booking.ts';
import { lockBookingWithAllocation } from '../../core/booking/lock-booking.ts';
import { rangeOf } from '../../catalogue/room-type/room/room-details.ts';
import { markRoomUsed } from '../../stock/room-assignment/mark-room-used.ts';
import { recordEvent } from '../../core/transition/record-event.ts';
import { assertReady } from './assert-ready.ts';
import {
  assertAssignable,
  incrementAssignmentVersion,
  releaseRoom,
  remainingNights,
} from '../../stock/room-assignment/assignment.ts';

interface Assignment extends BookingActionInput {
  readonly room: string;
  /** The assignment the caller has seen; null: any. */
  readonly assignmentVersion: number | null;
}

/**
 * Assigns a room to a booking for the nights from today on; an earlier room of a guest in the house stays in history.
 *
 * Locks: old and new room, then the booking; the exclusion constraint decides between two bookings.
 * Throws: not_found, version_conflict, invalid_transition, wrong_room_type, room_not_ready, room_taken,
 * past_time (from check-out time on).
 */
export async function assignRoom(ctx: RequestContext, input: Assignment): Promise<BookingSnapshot> {
  return actOnBooking(ctx, 'booking/assign-room', input, async (tx) => {
    const { propertyId } = input;
    const room = await tx.room.findFirst({ where: { propertyId, number: input.room } });
    if (room === null) throw new AppError('not_found', { detail: `There is no room ${input.room}.` });
    const booking = await lockBookingWithAllocation(tx, { ...input, nights: 'NONE', roomIds: [room.id] });
    const stay = assertAssignable(booking, input.assignmentVersion);
    if (booking.room?.id === room.id) return booking.id;
    if (room.roomTypeId !== stay.roomTypeId) throw new AppError('wrong_room_type');
    const nights = remainingNights(stay, booking);
    if (nights.from >= nights.to) {
      throw new AppError('past_time', {
        detail: `The stay has no night left; it ended at ${booking.endsAt.toISOString()}.`,
      });
    }
    await assertInOrder(tx, room, nights);
    // A guest in the house moves at once; before an arrival there is time to prepare the room.
    if (booking.status === 'IN_HOUSE') await assertReady(tx, { booking, room, override: null });
    await releaseRoom(tx, booking);
    if (booking.status === 'IN_HOUSE') await markRoomUsed(tx, booking, booking.status);
    await insertAssignment(tx, { booking, room, ...nights, actorId: ctx.author.actor.id });
    await incrementAssignmentVersion(tx, booking, stay);
    await recordEvent(tx, {
      booking,
      action: 'assign-room',
      author: ctx.author,
      changes: { room: [booking.room?.number ?? null, room.number] },
      announce: ['room_assigned'],
      eventData: { roomNumber: room.number },
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
