import type { Context } from '../../context.ts';
import type { Tx } from '../../db/client.ts';
import type { BookingSnapshot } from '../../domain/booking.ts';
import { resolveTransition } from '../../domain/booking-status.ts';
import { firstNightGivenBack } from '../../domain/nights.ts';
import { AppError } from '../../errors.ts';
import { actOnBooking } from '../booking/act-on-booking.ts';
import type { BookingActionInput } from '../booking/act-on-booking.ts';
import { lockBookingWithPlace } from '../booking/lock-booking.ts';
import { releasePlace } from '../inventory/release-place.ts';
import { closeOpenPage } from '../payment/close-open-page.ts';
import { assertNothingInFlight } from '../payment/find-current-payment.ts';
import { changeBookingStatus } from '../transition/change-booking-status.ts';

/**
 * Says that the guest did not come: future nights and the room, or the provider's time, are free again; nothing is refunded.
 *
 * Throws: not_found, version_conflict, invalid_transition, too_early before the start.
 */
export async function markNoShow(ctx: Context, input: BookingActionInput): Promise<BookingSnapshot> {
  const requestId = ctx.request.id;
  return actOnBooking(ctx, 'booking/no-show', input, (tx) => takeAsNoShow(tx, { ...input, requestId }));
}

/** The same in the caller's transaction. Answers the booking's id. */
export async function takeAsNoShow(
  tx: Tx,
  input: BookingActionInput & { readonly requestId: string | null },
): Promise<string> {
  const booking = await lockBookingWithPlace(tx, input);
  const { actor, requestId } = input;
  resolveTransition({ action: 'noShow', kind: booking.kind, from: booking.status, by: actor.type });
  await assertNothingInFlight(tx, booking);
  await closeOpenPage(tx, { booking, actor, requestId });
  if (booking.now < booking.startsAt) {
    throw new AppError('too_early', { detail: `The guest is expected from ${booking.startsAt.toISOString()} on.` });
  }
  await changeBookingStatus(tx, { booking, action: 'noShow', actor, requestId });
  const { stay, today } = booking;
  await releasePlace(tx, { booking, ...(stay && { from: firstNightGivenBack({ checkIn: stay.checkIn, today }) }) });
  return booking.id;
}
