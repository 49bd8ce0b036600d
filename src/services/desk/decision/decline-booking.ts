import type { RequestContext } from '../../../context.ts';
import type { Tx } from '../../../db/client.ts';
import type { LockedBooking } from '../../../db/locks.ts';
import type { Author } from '../../../domain/booking/booking.ts';
import type { BookingActionInput } from '../../core/booking/act-on-booking.ts';
import { lockBookingWithAllocation } from '../../core/booking/lock-booking.ts';
import { releaseAllocation } from '../../stock/allocation/release-allocation.ts';
import { actWithGateway } from '../../money/gateway/act-with-gateway.ts';
import type { GatewayAction } from '../../money/gateway/act-with-gateway.ts';
import { assertNothingInFlight } from '../../money/payment/find-current-payment.ts';
import { refundAndReleasePayments } from '../../money/refund/refund-and-release-payments.ts';
import { changeBookingStatus } from '../../core/transition/change-booking-status.ts';

interface Decline {
  readonly reasonCode: string;
  readonly note: string | null;
}

/**
 * Declines a booking that waits for approval, releases its place and voids its authorization.
 *
 * Throws: not_found, version_conflict, invalid_transition, payment_in_progress.
 */
export async function declineBooking(ctx: RequestContext, input: BookingActionInput & Decline): Promise<GatewayAction> {
  return actWithGateway(ctx, 'booking/decline', input, async (tx) => {
    const booking = await lockBookingWithAllocation(tx, input);
    const operationIds = await declineBookingInTx(tx, { ...input, booking, author: ctx.author });
    return { bookingId: booking.id, operationIds };
  });
}

/**
 * Declines a locked booking, for staff and for the system.
 *
 * Locks: expects the booking locked with its place. Returns: the ids of the requested gateway operations.
 */
export async function declineBookingInTx(
  tx: Tx,
  input: Decline & { booking: LockedBooking; author: Author },
): Promise<string[]> {
  const { booking, author, reasonCode, note } = input;
  if (booking.status === 'PENDING_APPROVAL') await assertNothingInFlight(tx, booking);
  const status = await changeBookingStatus(tx, {
    booking,
    action: 'decline',
    author,
    reason: reasonCode,
    set: {
      decisionBy: author.actor.id,
      decisionAt: booking.now,
      declineReasonCode: reasonCode,
      declineReasonNote: note,
    },
  });
  await releaseAllocation(tx, { booking });
  return refundAndReleasePayments(tx, { booking: { ...booking, status }, author });
}
