import type { Context } from '../../context.ts';
import type { Tx } from '../../db/client.ts';
import type { LockedBooking, LockedStay } from '../../db/locks.ts';
import { resolveTransition } from '../../domain/booking-status.ts';
import type { BookingSnapshot } from '../../domain/booking.ts';
import type { PlainDate } from '../../domain/time/calendar.ts';
import { AppError } from '../../errors.ts';
import { actOnBooking } from '../booking/act-on-booking.ts';
import type { BookingActionInput } from '../booking/act-on-booking.ts';
import { lockBookingWithPlace } from '../booking/lock-booking.ts';
import { takeNights } from '../inventory/take-nights.ts';
import { assertReady } from '../room/assert-ready.ts';
import { changeBookingStatus } from '../transition/change-booking-status.ts';

/** Nobody comes for an appointment earlier than this. */
const DAY_MS = 86_400_000;

interface CheckIn extends BookingActionInput {
  /** Before the day of arrival. */
  readonly early: boolean;
  /** Whether this member of staff may say so. */
  readonly mayBeEarly: boolean;
  /** Why the guest goes into a room that is not ready. */
  readonly override: string | null;
}

/**
 * Receives the guest, who comes for a stay into the assigned room.
 *
 * Before the day of arrival the stay grows: the nights from today on are taken like a booking's, and the room with
 * them, at no other price; what it costs is for staff to say.
 * Throws: not_found, version_conflict, invalid_transition, too_early, forbidden (early, without being allowed to),
 * past_time, room_required, room_not_ready, sold_out and room_taken (early).
 */
export async function checkIn(ctx: Context, input: CheckIn): Promise<BookingSnapshot> {
  return actOnBooking(ctx, 'booking/check-in', input, async (tx) => {
    const booking = await lockBookingWithPlace(tx, { ...input, nights: input.early ? 'FROM_TODAY' : 'NONE' });
    const { actor, override } = input;
    // Said first, because a wrong status makes every other reason beside the point.
    resolveTransition({ action: 'checkIn', kind: booking.kind, from: booking.status, by: actor.type });
    const { stay, room, today } = booking;
    if (stay === null) {
      // Who comes for an appointment needs no room, but comes on its day.
      assertAppointmentDay(booking);
      await changeBookingStatus(tx, { booking, action: 'checkIn', actor, requestId: ctx.request.id, reason: override });
      return booking.id;
    }
    assertDay(stay, today, input);
    if (room === null) throw new AppError('room_required', { detail: 'Assign a room first.' });
    await assertReady(tx, { booking, room, override });
    const isEarly = today < stay.checkIn;
    if (isEarly) await arriveEarly(tx, booking, stay, room);
    await changeBookingStatus(tx, {
      ...{ booking, action: 'checkIn', actor, requestId: ctx.request.id, reason: override },
      ...(isEarly && { changes: { checkIn: [stay.checkIn, today] }, set: { startsAt: booking.now } }),
      announced: { roomNumber: room.number },
    });
    return booking.id;
  });
}

function assertAppointmentDay({ startsAt, now }: LockedBooking): void {
  if (startsAt.getTime() - now.getTime() <= DAY_MS) return;
  throw new AppError('too_early', { detail: `The guest is expected at ${startsAt.toISOString()}.` });
}

function assertDay(stay: LockedStay, today: PlainDate, { early, mayBeEarly }: CheckIn): void {
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
  // The exclusion constraint says no where somebody else has the room before.
  await tx.roomAssignment.update({ where: { id: room.assignmentId }, data: { fromOn: new Date(today) } });
}
