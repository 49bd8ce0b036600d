import type { Context } from '../../context.ts';
import type { Tx } from '../../db/client.ts';
import type { LockedBooking } from '../../db/locks.ts';
import { resolveTransition } from '../../domain/booking-status.ts';
import type { BookingSnapshot } from '../../domain/booking.ts';
import { AppError } from '../../errors.ts';
import { actOnBooking } from '../booking/act-on-booking.ts';
import type { BookingActionInput } from '../booking/act-on-booking.ts';
import { lockBookingWithPlace } from '../booking/lock-booking.ts';
import { changeBookingStatus } from '../transition/change-booking-status.ts';

interface CheckIn extends BookingActionInput {
  /** Before the day of arrival. */
  readonly early: boolean;
  /** Whether this member of staff may say so. */
  readonly mayBeEarly: boolean;
  /** Why the guest goes into a room that is not ready. */
  readonly override: string | null;
}

/**
 * Receives the guest into the assigned room.
 *
 * Throws: not_found, version_conflict, invalid_transition, too_early, forbidden (early, without being allowed to),
 * past_time, room_required, room_not_ready.
 */
export async function checkIn(ctx: Context, input: CheckIn): Promise<BookingSnapshot> {
  return actOnBooking(ctx, 'booking/check-in', input, async (tx) => {
    const booking = await lockBookingWithPlace(tx, { ...input, nights: false });
    const { actor, override } = input;
    // Said first, because a wrong status makes every other reason beside the point.
    resolveTransition({ action: 'checkIn', kind: booking.kind, from: booking.status, by: actor.type });
    assertDay(booking, input);
    const room = await assertRoomReady(tx, booking, override);
    await changeBookingStatus(tx, {
      ...{ booking, action: 'checkIn', actor, requestId: ctx.request.id, reason: override },
      announced: { roomNumber: room.number },
    });
    return booking.id;
  });
}

function assertDay({ stay, today }: LockedBooking, { early, mayBeEarly }: CheckIn): void {
  if (stay === null) throw new Error('Bug: a check-in without a stay');
  if (today >= stay.checkOut) throw new AppError('past_time', { detail: `The stay ended on ${stay.checkOut}.` });
  if (today >= stay.checkIn) return;
  if (!early) {
    throw new AppError('too_early', {
      detail: `Arrival is on ${stay.checkIn}; send {"early": true} to check in before.`,
    });
  }
  if (!mayBeEarly)
    throw new AppError('forbidden', { detail: 'Only a manager or an owner may check in before the day.' });
}

async function assertRoomReady(tx: Tx, booking: LockedBooking, override: string | null): Promise<{ number: string }> {
  const { room } = booking;
  if (room === null) throw new AppError('room_required', { detail: 'Assign a room first.' });
  const { housekeepingStatus } = await tx.room.findUniqueOrThrow({ where: { id: room.id } });
  const isClean = housekeepingStatus === 'CLEAN' || housekeepingStatus === 'INSPECTED';
  const occupant = await tx.roomAssignment.findFirst({
    where: { roomId: room.id, releasedAt: null, booking: { status: 'IN_HOUSE', id: { not: booking.id } } },
    select: { booking: { select: { code: true } } },
  });
  if (occupant !== null) {
    throw new AppError('room_not_ready', { detail: `${occupant.booking.code} is still in room ${room.number}.` });
  }
  if (!isClean && override === null) {
    throw new AppError('room_not_ready', {
      detail: `Room ${room.number} is ${housekeepingStatus}; send {"override": reason} to use it all the same.`,
      extra: { housekeepingStatus },
    });
  }
  return room;
}
