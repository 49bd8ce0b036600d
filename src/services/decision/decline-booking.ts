import type { Context } from '../../context.ts';
import type { Tx } from '../../db/client.ts';
import type { LockedBooking } from '../../db/locks.ts';
import type { Actor } from '../../domain/booking.ts';
import type { BookingActionInput } from '../booking/act-on-booking.ts';
import { lockBookingWithPlace } from '../booking/lock-booking.ts';
import { releasePlace } from '../inventory/release-place.ts';
import { actWithGateway } from '../gateway/act-with-gateway.ts';
import type { GatewayAction } from '../gateway/act-with-gateway.ts';
import { assertMayEnd } from '../payment/find-current-payment.ts';
import { giveMoneyBack } from '../payment/give-money-back.ts';
import { changeBookingStatus } from '../transition/change-booking-status.ts';

interface Decline {
  readonly reasonCode: string;
  readonly note: string | null;
}

/**
 * Refuses a booking that waits for approval, frees its nights and voids its authorization.
 *
 * Throws: not_found, version_conflict, invalid_transition, payment_in_progress.
 */
export async function declineBooking(ctx: Context, input: BookingActionInput & Decline): Promise<GatewayAction> {
  return actWithGateway(ctx, 'booking/decline', input, async (tx) => {
    const booking = await lockBookingWithPlace(tx, input);
    const operationIds = await declineLocked(tx, { ...input, booking, requestId: ctx.request.id });
    return { bookingId: booking.id, operationIds };
  });
}

/** The decline itself, for staff and for the system. Expects the booking locked with its place; answers what the gateway is to do. */
export async function declineLocked(
  tx: Tx,
  input: Decline & { booking: LockedBooking; actor: Actor; requestId: string | null },
): Promise<string[]> {
  const { booking, actor, reasonCode, note, requestId } = input;
  if (booking.status === 'PENDING_APPROVAL') await assertMayEnd(tx, booking);
  const status = await changeBookingStatus(tx, {
    ...{ booking, action: 'decline', actor, requestId, reason: reasonCode },
    set: { decisionBy: actor.id, decisionAt: booking.now, declineReasonCode: reasonCode, declineReasonNote: note },
  });
  await releasePlace(tx, { booking });
  return giveMoneyBack(tx, { booking: { ...booking, status }, actor, requestId });
}
