import type { RequestContext } from '../../../context.ts';
import type { Tx } from '../../../db/client.ts';
import { assertAllowed } from '../../../domain/booking-status.ts';
import { findFirstReleasedNight } from '../../../domain/availability/nights.ts';
import { AppError } from '../../../errors.ts';
import type { BookingActionInput, BookingStepInput } from '../../core/booking/act-on-booking.ts';
import { lockBookingWithAllocation } from '../../core/booking/lock-booking.ts';
import { releaseAllocation } from '../../stock/allocation/release-allocation.ts';
import type { FirstPhase } from '../../core/idempotency/running-request.ts';
import { actWithGateway } from '../../money/gateway/act-with-gateway.ts';
import type { GatewayAction } from '../../money/gateway/act-with-gateway.ts';
import { assertNothingInFlight } from '../../money/payment/find-current-payment.ts';
import { refundAndReleasePayments } from '../../money/refund/refund-and-release-payments.ts';
import { quoteNoShowInTx } from '../../money/refund/policy/quote-cancellation.ts';
import { changeBookingStatus } from '../../core/transition/change-booking-status.ts';

/**
 * Marks a booking as a no-show and releases its future nights and room, or the provider's time.
 *
 * The no-show fee is what the property's policy says, by default everything paid.
 * Throws: not_found, version_conflict, invalid_transition, too_early before the start.
 */
export async function markNoShow(ctx: RequestContext, input: BookingActionInput): Promise<GatewayAction> {
  const { author } = ctx;
  return actWithGateway(ctx, 'booking/no-show', input, (tx) => markNoShowInTx(tx, { ...input, author }));
}

/** Marks a no-show in the caller's transaction and requests the refunds. Throws: as `markNoShow`. */
export async function markNoShowInTx(tx: Tx, input: BookingStepInput): Promise<FirstPhase> {
  const booking = await lockBookingWithAllocation(tx, input);
  const { author } = input;
  assertAllowed({ action: 'noShow', kind: booking.kind, from: booking.status, by: author.actor.type });
  await assertNothingInFlight(tx, booking, input);
  if (booking.now < booking.startsAt) {
    throw new AppError('too_early', { detail: `The guest is expected from ${booking.startsAt.toISOString()} on.` });
  }
  const status = await changeBookingStatus(tx, { booking, action: 'noShow', author });
  const { stay, tonight } = booking;
  const from = stay && findFirstReleasedNight({ checkIn: stay.checkIn, tonight });
  await releaseAllocation(tx, { booking, ...(from && { from }), keepsRedemption: true });
  const { fee } = await quoteNoShowInTx(tx, booking);
  const operationIds = await refundAndReleasePayments(tx, {
    booking: { ...booking, status },
    author,
    fee,
    origin: 'POLICY',
    reason: 'no-show',
  });
  return { bookingId: booking.id, operationIds };
}
