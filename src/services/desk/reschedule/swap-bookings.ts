import { z } from 'zod';
import type { RequestContext } from '../../../context.ts';
import type { Tx } from '../../../db/client.ts';
import type { LockedAppointment, LockedBooking } from '../../../db/locks.ts';
import type { BookingSnapshot } from '../../../domain/booking/booking.ts';
import type { BookingStatus } from '../../../domain/booking-status.ts';
import { capHold } from '../../../domain/booking/hold.ts';
import { AppError } from '../../../errors.ts';
import type { BookingActionInput } from '../../core/booking/act-on-booking.ts';
import { bookingSnapshotSchema } from '../../core/booking/booking-snapshot-schema.ts';
import { readBooking } from '../../core/booking/booking-snapshot.ts';
import { lockBookingsWithAllocations } from '../../core/booking/lock-booking.ts';
import { answerOnce } from '../../core/idempotency/answer-once.ts';
import { storedResponse } from '../../core/idempotency/stored-response.ts';
import { logAction } from '../../core/log/log-action.ts';
import { assertNothingInFlight } from '../../money/payment/find-current-payment.ts';
import { chooseProviders } from '../../stock/time/choose-providers.ts';
import { readSlotsAsSold } from '../../stock/time/read-slots-as-sold.ts';
import { recordEvent } from '../../core/transition/record-event.ts';
import { assertNoHeldMove } from './held/assert-no-held-move.ts';
import { takeOverHeldMoves } from './held/take-over-held-moves.ts';
import { moveAppointment } from './move/move-appointment.ts';
import { releaseNights, releaseRooms, takeNewNights } from './move/move-stay.ts';
import { shiftGuestLinks } from './move/shift-guest-links.ts';
import { takeTurn } from './take-turn.ts';

const MOVABLE: readonly BookingStatus[] = ['PENDING_APPROVAL', 'CONFIRMED'];

const storedPair = storedResponse(
  'swapped bookings',
  z.tuple([bookingSnapshotSchema, bookingSnapshotSchema]).readonly(),
);

interface Swap extends BookingActionInput {
  readonly with: string;
}

/**
 * Swaps two bookings: appointments exchange start and provider, stays of one room type exchange nights.
 *
 * One transaction releases both places before taking either. Each booking keeps its code, length and price.
 * Throws: not_found, version_conflict, invalid_transition, payment_in_progress, slot_taken, sold_out, past_time,
 * beyond_booking_window, outside_hours, validation_failed for bookings that can't exchange places.
 * Returns: both bookings.
 */
export async function swapBookings(
  ctx: RequestContext,
  input: Swap,
): Promise<readonly [BookingSnapshot, BookingSnapshot]> {
  const { code, propertyId } = input;
  await takeOverHeldMoves(ctx, { propertyId, codes: [code, input.with] });
  return logAction(ctx, { event: 'booking/swap', fields: { code, with: input.with } }, () =>
    answerOnce(ctx, storedPair, async (tx) => {
      const [one, other] = await lockBoth(tx, input);
      if (one.kind === 'STAY') await swapNights(tx, one, other);
      else await swapTimes(tx, one, other);
      for (const [booking, place] of [[one, other] as const, [other, one] as const]) {
        await recordEvent(tx, {
          booking,
          action: 'swap',
          author: ctx.author,
          reason: place.code,
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
  if (ids[0] === ids[1]) throwInvalidPair('is the same booking');
  const locked = await lockBookingsWithAllocations(tx, ids);
  const [one, other] = ids.map((id) => locked.find((booking) => booking.id === id));
  if (one === undefined || other === undefined) throw new AppError('not_found');
  if (ifVersion !== null && one.version !== ifVersion) {
    throw new AppError('version_conflict', { extra: { version: one.version } });
  }
  if (one.kind !== other.kind) throwInvalidPair(`is a ${other.kind}`);
  for (const booking of [one, other]) {
    if (!MOVABLE.includes(booking.status)) {
      const detail = `${booking.code} is ${booking.status} and can't be moved.`;
      throw new AppError('invalid_transition', { detail, extra: { bookingStatus: booking.status } });
    }
    await assertNothingInFlight(tx, booking);
    await assertNoHeldMove(tx, booking);
  }
  return [one, other];
}

function throwInvalidPair(message: string): never {
  throw new AppError('validation_failed', { errors: [{ path: 'with', message }] });
}

async function swapNights(tx: Tx, one: LockedBooking, other: LockedBooking): Promise<void> {
  if (one.stay === null || other.stay === null || one.stay.roomTypeId !== other.stay.roomTypeId) {
    throwInvalidPair('is of another room type');
  }
  for (const { code, stay, today } of [one, other]) {
    if (stay !== null && stay.checkIn < today) {
      throw new AppError('past_time', { detail: `The nights of ${code} began on ${stay.checkIn}.`, extra: { today } });
    }
  }
  await releaseNights(tx, one.stay);
  await releaseNights(tx, other.stay);
  await releaseRooms(tx, [one, other]);
  for (const [booking, stay, place] of [
    [one, one.stay, other.stay],
    [other, other.stay, one.stay],
  ] as const) {
    if (!(await takeNewNights(tx, { booking, stay, to: place }))) throw new AppError('sold_out');
  }
  await exchangeTimes(tx, one, other);
}

async function swapTimes(tx: Tx, one: LockedBooking, other: LockedBooking): Promise<void> {
  if (one.appointment === null || other.appointment === null) throw new Error('Bug: an appointment without its time');
  // Both times are released first, or each booking would block the other.
  await tx.appointment.updateMany({ where: { bookingId: { in: [one.id, other.id] } }, data: { isLive: false } });
  await moveToPlaceOf(tx, { booking: one, appointment: one.appointment, place: other, at: other.appointment });
  await moveToPlaceOf(tx, { booking: other, appointment: other.appointment, place: one, at: one.appointment });
}

/** Moves an appointment to the start and provider of another; the appointment keeps its length. */
async function moveToPlaceOf(
  tx: Tx,
  move: { booking: LockedBooking; appointment: LockedAppointment; place: LockedBooking; at: LockedAppointment },
): Promise<void> {
  const { booking, appointment, place, at } = move;
  const { providerId } = at;
  const { startsAt } = place;
  const offer = await readSlotsAsSold(tx, { booking, appointment, providerId, startsAt });
  if (offer === null) throwInvalidPair('is with a provider who does not do the service');
  // The rules of a reschedule by staff apply: the provider must work for the whole appointment.
  const [provider] = chooseProviders(offer, { startsAt: startsAt.getTime(), isStaff: true });
  if (provider === undefined) {
    throw new AppError('slot_taken', { detail: `There is no time for ${booking.code} in the place of ${place.code}.` });
  }
  const shift = startsAt.getTime() - booking.startsAt.getTime();
  const time = {
    providerId,
    provider: provider.code,
    version: provider.version,
    occupiedFrom: new Date(appointment.occupiedFrom.getTime() + shift),
    occupiedUntil: new Date(appointment.occupiedUntil.getTime() + shift),
  };
  if ((await moveAppointment(tx, { booking, times: [time] })) === null) {
    throw new AppError('slot_taken', { detail: `${booking.code} is too long for the place of ${place.code}.` });
  }
  await setTimes(tx, booking, { startsAt, endsAt: new Date(booking.endsAt.getTime() + shift) });
}

/** Exchanges the check-in and check-out instants of two stays. */
async function exchangeTimes(tx: Tx, one: LockedBooking, other: LockedBooking): Promise<void> {
  await setTimes(tx, one, other);
  await setTimes(tx, other, one);
}

async function setTimes(
  tx: Tx,
  booking: LockedBooking,
  { startsAt, endsAt }: Pick<LockedBooking, 'startsAt' | 'endsAt'>,
): Promise<void> {
  const { id } = booking;
  await shiftGuestLinks(tx, { bookingId: id, endsAt });
  await tx.booking.update({ where: { id }, data: { ...capHold(booking, { startsAt, endsAt }), startsAt, endsAt } });
}
