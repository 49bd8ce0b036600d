import type { Context } from '../../context.ts';
import type { Tx } from '../../db/client.ts';
import type { LockedAppointment, LockedBooking } from '../../db/locks.ts';
import type { BookingSnapshot } from '../../domain/booking.ts';
import type { BookingStatus } from '../../domain/booking-status.ts';
import { toPlainDate } from '../../domain/time/calendar.ts';
import { AppError } from '../../errors.ts';
import type { BookingActionInput } from '../booking/act-on-booking.ts';
import { readBooking } from '../booking/booking-snapshot.ts';
import { lockPlacesOf } from '../booking/lock-booking.ts';
import { answerOnce } from '../idempotency/answer-once.ts';
import { logAction } from '../log-action.ts';
import { assertNothingInFlight } from '../payment/find-current-payment.ts';
import { choosePlace } from '../slots/choose-place.ts';
import { readSlots } from '../slots/read-slots.ts';
import { recordEvent } from '../transition/record-event.ts';
import { moveAppointment } from './move/move-appointment.ts';
import { leaveNights, leaveRooms, takeNewNights } from './move/move-stay.ts';
import { shiftGuestLinks } from './move/shift-guest-links.ts';
import { takeTurn } from './take-turn.ts';

const MINUTE_MS = 60_000;
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
  const { serviceId } = appointment;
  const done = await tx.providerService.findUnique({
    where: { providerId_serviceId: { providerId, serviceId } },
    select: { provider: { select: { code: true } }, service: { select: { code: true } } },
  });
  if (done === null) refuse('is with a provider who does not do the service');
  const endsAt = await readEnd(tx, booking);
  await assertOpen(tx, { ...move, service: done.service.code, provider: done.provider.code, endsAt });
  const shift = place.startsAt.getTime() - booking.startsAt.getTime();
  const time = {
    ...{ providerId, provider: '' },
    occupiedFrom: new Date(appointment.occupiedFrom.getTime() + shift),
    occupiedUntil: new Date(appointment.occupiedUntil.getTime() + shift),
  };
  if ((await moveAppointment(tx, { booking, times: [time] })) === null) {
    throw new AppError('slot_taken', { detail: `${booking.code} is too long for the place of ${place.code}.` });
  }
  await setTimes(tx, booking, { startsAt: place.startsAt, endsAt: new Date(endsAt.getTime() + shift) });
}

/**
 * Refuses what staff could not reschedule to either: a provider who is off or not at work for as long as the appointment is.
 *
 * Throws: past_time, beyond_booking_window, outside_hours, slot_taken.
 */
async function assertOpen(
  tx: Tx,
  move: {
    booking: LockedBooking;
    appointment: LockedAppointment;
    place: LockedBooking;
    service: string;
    provider: string;
    endsAt: Date;
  },
): Promise<void> {
  const { booking, appointment, place, service, provider } = move;
  const day = toPlainDate(place.startsAt);
  const asked = { slug: booking.slug, service, provider, from: day, to: day, isStaff: true };
  const offer = await readSlots({ db: tx }, asked);
  const minutes = (from: Date, until: Date) => (until.getTime() - from.getTime()) / MINUTE_MS;
  const asSold = {
    ...offer.service,
    durationMinutes: minutes(booking.startsAt, move.endsAt),
    bufferBeforeMinutes: minutes(appointment.occupiedFrom, booking.startsAt),
    bufferAfterMinutes: minutes(move.endsAt, appointment.occupiedUntil),
  };
  const start = { startsAt: place.startsAt.getTime(), isStaff: true };
  if (choosePlace({ ...offer, service: asSold }, start).length > 0) return;
  throw new AppError('slot_taken', {
    detail: `${provider} has no time for ${booking.code} in the place of ${place.code}.`,
  });
}

/** Check-in and check-out as instants go with the nights. */
async function takeOverTimes(tx: Tx, one: LockedBooking, other: LockedBooking): Promise<void> {
  const [endOfOne, endOfOther] = [await readEnd(tx, one), await readEnd(tx, other)];
  await setTimes(tx, one, { startsAt: other.startsAt, endsAt: endOfOther });
  await setTimes(tx, other, { startsAt: one.startsAt, endsAt: endOfOne });
}

async function readEnd(tx: Tx, { id }: LockedBooking): Promise<Date> {
  return (await tx.booking.findUniqueOrThrow({ where: { id }, select: { endsAt: true } })).endsAt;
}

async function setTimes(tx: Tx, { id }: LockedBooking, times: { startsAt: Date; endsAt: Date }): Promise<void> {
  await shiftGuestLinks(tx, { bookingId: id, endsAt: times.endsAt });
  await tx.booking.update({ where: { id }, data: times });
}
