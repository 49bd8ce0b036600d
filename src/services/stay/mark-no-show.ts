import type { Context } from '../../context.ts';
import type { Tx } from '../../db/client.ts';
import { resolveTransition } from '../../domain/booking-status.ts';
import { firstNightGivenBack } from '../../domain/availability/nights.ts';
import { AppError } from '../../errors.ts';
import type { BookingActionInput, BookingStepInput } from '../booking/act-on-booking.ts';
import { lockBookingWithPlace } from '../booking/lock-booking.ts';
import { releasePlace } from '../inventory/release-place.ts';
import { actWithGateway } from '../gateway/act-with-gateway.ts';
import type { FirstBeat, GatewayAction } from '../gateway/act-with-gateway.ts';
import { assertMayEnd } from '../payment/find-current-payment.ts';
import { giveMoneyBack } from '../payment/give-money-back.ts';
import { quoteNoShowLocked } from '../refund/quote-cancellation.ts';
import { changeBookingStatus } from '../transition/change-booking-status.ts';

/**
 * Says that the guest did not come: future nights and the room, or the provider's time, are free again.
 *
 * The property keeps what its policy says that it keeps, which is everything unless it says otherwise.
 *
 * Throws: not_found, version_conflict, invalid_transition, too_early before the start.
 */
export async function markNoShow(ctx: Context, input: BookingActionInput): Promise<GatewayAction> {
  const requestId = ctx.request.id;
  return actWithGateway(ctx, 'booking/no-show', input, (tx) => takeAsNoShow(tx, { ...input, requestId }));
}

/** The first beat of it, in the caller's transaction. */
export async function takeAsNoShow(tx: Tx, input: BookingStepInput): Promise<FirstBeat> {
  const booking = await lockBookingWithPlace(tx, input);
  const { actor, requestId } = input;
  resolveTransition({ action: 'noShow', kind: booking.kind, from: booking.status, by: actor.type });
  await assertMayEnd(tx, booking, input);
  if (booking.now < booking.startsAt) {
    throw new AppError('too_early', { detail: `The guest is expected from ${booking.startsAt.toISOString()} on.` });
  }
  const status = await changeBookingStatus(tx, { booking, action: 'noShow', actor, requestId });
  const { stay, today } = booking;
  const from = stay && firstNightGivenBack({ checkIn: stay.checkIn, today });
  await releasePlace(tx, { booking, ...(from && { from }), keepsPromo: true });
  const { fee } = await quoteNoShowLocked(tx, booking);
  const own = { booking: { ...booking, status }, actor, requestId };
  const operationIds = await giveMoneyBack(tx, { ...own, fee, origin: 'POLICY', reason: 'no-show' });
  return { bookingId: booking.id, operationIds };
}
