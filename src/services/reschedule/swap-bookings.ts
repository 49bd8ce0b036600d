import type { Context } from '../../context.ts';
import type { Tx } from '../../db/client.ts';
import type { LockedAppointment, LockedBooking } from '../../db/locks.ts';
import type { BookingSnapshot } from '../../domain/booking.ts';
import type { BookingStatus } from '../../domain/booking-status.ts';
import { AppError } from '../../errors.ts';
import type { BookingActionInput } from '../booking/act-on-booking.ts';
import { readBooking } from '../booking/booking-snapshot.ts';
import { lockPlacesOf } from '../booking/lock-booking.ts';
import { answerOnce } from '../idempotency/answer-once.ts';
import { logAction } from '../log-action.ts';
import { assertNothingInFlight } from '../payment/find-current-payment.ts';
import { choosePlace } from '../slots/choose-place.ts';
import { readSlotsAsSold } from '../slots/read-slots-as-sold.ts';
import { recordEvent } from '../transition/record-event.ts';
import { moveAppointment } from './move/move-appointment.ts';
import { leaveNights, leaveRooms, takeNewNights } from './move/move-stay.ts';
import { shiftGuestLinks } from './move/shift-guest-links.ts';
import { takeTurn } from './take-turn.ts';

const MOVABLE: readonly BookingStatus[] = ['PENDING_APPROVAL', 'CONFIRMED'];

interface Swap extends BookingActionInput {
  readonly with: string;
}

/**
 * Lets two bookings change places: appointments their start and provider, stays of one room type their nights.
 *
 * Both leave before either arrives, in one transaction; each keeps its code, its length and the price it was sold at.
 * Answers both.
 * Throws: not_found, version_conflict, invalid_transition, payment_in_progress, slot_taken, sold_out, past_time,
 * beyond_booking_window, outside_hours, validation_failed for two that have no place in common.
 */
export async function swapBookings(ctx: Context, input: Swap): Promise<readonly [BookingSnapshot, BookingSnapshot]> {
  const { actor, code } = input;
  return logAction(ctx, { event: 'booking/swap', actor, fields: { code, with: input.with } }, () =>
    answerOnce(ctx, async (tx) => {
      const [one, other] = await lockBoth(tx, input);
      if (one.kind === 'STAY') await swapNights(tx, one, other);
      else await swapTimes(tx, one, other);
      for (const [booking, place] of [[one, other] as const, [other, one] as const]) {
        await recordEvent(tx, {
          ...{ booking, action: 'swap', actor, requestId: ctx.request.id, reason: place.code },
          changes: { startsAt: [booking.startsAt.toISOString(), place.startsAt.toISOString()] },
          announce: ['booking_rescheduled', 'booking_updated'],
        });
      }
      return [await readBooking(ctx, tx, one.id), await readBooking(ctx, tx, other.id)] as const;
    }),
  );
}

async function lockBoth(tx: Tx, input: Swap): Promise<[LockedBooking, LockedBooking]> {
  const { propertyId, ifVersion } = input;
  await takeTurn(tx, { propertyId, codes: [input.code, input.with] });
  const rows = await tx.booking.findMany({
    where: { propertyId, code: { in: [input.code, input.with] } },
    select: { id: true, code: true },
  });
  const idOf = (code: string): string => {
    const row = rows.find((each) => each.code === code);
    if (row === undefined) throw new AppError('not_found', { detail: `There is no booking ${code} here.` });
    return row.id;
  };
  const ids = [idOf(input.code), idOf(input.with)] as const;
  if (ids[0] === ids[1]) refuse('is the same booking');
  const locked = await lockPlacesOf(tx, ids);
  const [one, other] = ids.map((id) => locked.find((booking) => booking.id === id));
  if (one === undefined || other === undefined) throw new AppError('not_found');
  if (ifVersion !== null && one.version !== ifVersion) {
    throw new AppError('version_conflict', { extra: { version: one.version } });
  }
  if (one.kind !== other.kind) refuse(`is a ${other.kind}`);
  for (const booking of [one, other]) {
    if (!MOVABLE.includes(booking.status)) {
      const detail = `${booking.code} is ${booking.status} and can't be moved.`;
      throw new AppError('invalid_transition', { detail, extra: { bookingStatus: booking.status } });
    }
    await assertNothingInFlight(tx, booking);
  }
  return [one, other];
}

function refuse(message: string): never {
  throw new AppError('validation_failed', { errors: [{ path: 'with', message }] });
}

async function swapNights(tx: Tx, one: LockedBooking, other: LockedBooking): Promise<void> {
  if (one.stay === null || other.stay === null || one.stay.roomTypeId !== other.stay.roomTypeId) {
    refuse('is of another room type');
  }
  for (const { code, stay, today } of [one, other]) {
    if (stay !== null && stay.checkIn < today) {
      throw new AppError('past_time', { detail: `The nights of ${code} began on ${stay.checkIn}.`, extra: { today } });
    }
  }
  await leaveNights(tx, one.stay);
  await leaveNights(tx, other.stay);
  await leaveRooms(tx, [one, other]);
  for (const [booking, stay, place] of [
    [one, one.stay, other.stay],
    [other, other.stay, one.stay],
  ] as const) {
    if (!(await takeNewNights(tx, { booking, stay, to: place }))) throw new AppError('sold_out');
  }
  await takeOverTimes(tx, one, other);
}

async function swapTimes(tx: Tx, one: LockedBooking, other: LockedBooking): Promise<void> {
  if (one.appointment === null || other.appointment === null) throw new Error('Bug: an appointment without its time');
  // Both leave first, or each would be in the other's way.
  await tx.appointment.updateMany({ where: { bookingId: { in: [one.id, other.id] } }, data: { isLive: false } });
  await moveInto(tx, { booking: one, appointment: one.appointment, place: other, at: other.appointment });
  await moveInto(tx, { booking: other, appointment: other.appointment, place: one, at: one.appointment });
}

/** Puts an appointment at another's start, with that one's provider, as long as it is itself. */
async function moveInto(
  tx: Tx,
  move: { booking: LockedBooking; appointment: LockedAppointment; place: LockedBooking; at: LockedAppointment },
): Promise<void> {
  const { booking, appointment, place, at } = move;
  const { providerId } = at;
  const { startsAt } = place;
  const offer = await readSlotsAsSold(tx, { booking, appointment, providerId, startsAt });
  if (offer === null) refuse('is with a provider who does not do the service');
  // What staff could not reschedule to either: somebody who is off, or not at work for as long as the appointment is.
  const [provider] = choosePlace(offer, { startsAt: startsAt.getTime(), isStaff: true });
  if (provider === undefined) {
    throw new AppError('slot_taken', { detail: `There is no time for ${booking.code} in the place of ${place.code}.` });
  }
  const shift = startsAt.getTime() - booking.startsAt.getTime();
  const time = {
    ...{ providerId, provider: provider.code, version: provider.version },
    occupiedFrom: new Date(appointment.occupiedFrom.getTime() + shift),
    occupiedUntil: new Date(appointment.occupiedUntil.getTime() + shift),
  };
  if ((await moveAppointment(tx, { booking, times: [time] })) === null) {
    throw new AppError('slot_taken', { detail: `${booking.code} is too long for the place of ${place.code}.` });
  }
  await setTimes(tx, booking, { startsAt, endsAt: new Date(booking.endsAt.getTime() + shift) });
}

/** Check-in and check-out as instants go with the nights. */
async function takeOverTimes(tx: Tx, one: LockedBooking, other: LockedBooking): Promise<void> {
  await setTimes(tx, one, other);
  await setTimes(tx, other, one);
}

async function setTimes(
  tx: Tx,
  { id }: LockedBooking,
  { startsAt, endsAt }: Pick<LockedBooking, 'startsAt' | 'endsAt'>,
): Promise<void> {
  await shiftGuestLinks(tx, { bookingId: id, endsAt });
  await tx.booking.update({ where: { id }, data: { startsAt, endsAt } });
}
