import type { RequestContext } from '../../../context.ts';
import type { Tx } from '../../../db/client.ts';
import type { LockedBooking, LockedStay } from '../../../db/locks.ts';
import { assertAllowed } from '../../../domain/booking-status.ts';
import type { BookingSnapshot } from '../../../domain/booking/booking.ts';
import { AppError } from '../../../errors.ts';
import { actOnBooking } from '../../core/booking/act-on-booking.ts';
import type { BookingActionInput } from '../../core/booking/act-on-booking.ts';
import { lockBookingWithAllocation } from '../../core/booking/lock-booking.ts';
import { takeNights } from '../../stock/inventory/take-nights.ts';
import { assertReady } from '../room/assert-ready.ts';
import { changeBookingStatus } from '../../core/transition/change-booking-status.ts';

/** Earliest check-in of an appointment before its start. */
const DAY_MS = 86_400_000;

interface CheckIn extends BookingActionInput {
  /** Requests a check-in before the day of arrival. */
  readonly early: boolean;
  /** Tells whether the member of staff has the permission for an early check-in. */
  readonly mayBeEarly: boolean;
  /** Reason to use a room that is not ready. */
  readonly override: string | null;
}

/**
 * Checks a guest in, for a stay into the assigned room.
 *
 * An early check-in takes the nights from today on and the room for these nights; the price stays unchanged.
 * Throws: not_found, version_conflict, invalid_transition, too_early, forbidden (early, without being allowed to),
 * past_time, room_required, room_not_ready, sold_out and room_taken (early).
 */
export async function checkIn(ctx: RequestContext, input: CheckIn): Promise<BookingSnapshot> {
  return actOnBooking(ctx, 'booking/check-in', input, async (tx) => {
    const booking = await lockBookingWithAllocation(tx, { ...input, nights: input.early ? 'FROM_TODAY' : 'NONE' });
    const { override } = input;
    // The status comes first, because with a wrong status the other errors would mislead.
    assertAllowed({ action: 'checkIn', kind: booking.kind, from: booking.status, by: ctx.author.actor.type });
    const { stay, room, today } = booking;
    assertNotEnded(booking);
    if (stay === null) {
      assertAppointmentDay(booking);
      await changeBookingStatus(tx, { booking, action: 'checkIn', author: ctx.author, reason: override });
      return booking.id;
    }
    assertDay(booking, stay, input);
    if (room === null) throw new AppError('room_required', { detail: 'Assign a room first.' });
    await assertReady(tx, { booking, room, override });
    const isEarly = today < stay.checkIn;
    if (isEarly) await arriveEarly(tx, booking, stay, room);
    await changeBookingStatus(tx, {
      booking,
      action: 'checkIn',
      author: ctx.author,
      reason: override,
      ...(isEarly && { changes: { checkIn: [stay.checkIn, today] }, set: { startsAt: booking.now } }),
      eventData: { roomNumber: room.number },
    });
    return booking.id;
  });
}

function assertAppointmentDay({ startsAt, now }: LockedBooking): void {
  if (startsAt.getTime() - now.getTime() <= DAY_MS) return;
  throw new AppError('too_early', { detail: `The guest is expected at ${startsAt.toISOString()}.` });
}

function assertNotEnded({ kind, now, endsAt }: LockedBooking): void {
  if (now < endsAt) return;
  throw new AppError('past_time', { detail: `The ${kind.toLowerCase()} ended at ${endsAt.toISOString()}.` });
}

function assertDay({ today }: LockedBooking, stay: LockedStay, { early, mayBeEarly }: CheckIn): void {
  if (today >= stay.checkIn) return;
  if (!early) {
    throw new AppError('too_early', {
      detail: `Arrival is on ${stay.checkIn}; send {"early": true} to check in before.`,
    });
  }
  if (!mayBeEarly)
    throw new AppError('forbidden', { detail: 'Only a manager or an owner may check in before the day.' });
}

/** Takes the nights from today to the day of arrival, and the room for them. Throws: sold_out, room_taken. */
async function arriveEarly(
  tx: Tx,
  booking: LockedBooking,
  stay: LockedStay,
  room: NonNullable<LockedBooking['room']>,
): Promise<void> {
  const { today, code } = booking;
  if (!(await takeNights(tx, { roomTypeId: stay.roomTypeId, from: today, to: stay.checkIn }))) {
    throw new AppError('sold_out', {
      detail: `The nights before ${stay.checkIn} are sold; ${code} can't come earlier.`,
    });
  }
  await tx.stay.update({ where: { bookingId: booking.id }, data: { checkInOn: new Date(today) } });
  // The exclusion constraint refuses when another booking has the room on these nights.
  await tx.roomAssignment.update({ where: { id: room.assignmentId }, data: { fromOn: new Date(today) } });
}
