import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import type { BookingActionInput } from '../booking/act-on-booking.ts';
import { lockBooking } from '../booking/lock-booking.ts';
import { actWithGateway } from '../gateway/act-with-gateway.ts';
import type { GatewayAction } from '../gateway/act-with-gateway.ts';
import { assertNothingInFlight } from '../payment/find-current-payment.ts';
import { giveBack, listRefundable } from './give-back.ts';
import { waiveRefunded } from './waive-refunded.ts';

interface StaffRefund extends BookingActionInput {
  readonly amount: number;
  readonly reason: string;
  readonly to: 'CARD' | 'WALLET';
}

/**
 * Gives a part of a booking's money back because staff say so; never more than was taken and is still there.
 *
 * Out of the cards first, then the wallet's part, then what was paid by hand, which counts as handed over. A booking that
 * stands owes no more for it than before. Refunds of one booking that meet are taken one by one. Throws: not_found, version_conflict, refund_exceeds_captured, payment_in_progress
 * while a capture or void is under way.
 */
export async function makeRefund(ctx: Context, input: StaffRefund): Promise<GatewayAction> {
  return actWithGateway(ctx, 'refund/make', input, async (tx) => {
    const booking = await lockBooking(tx, input);
    const { amount, reason, actor } = input;
    await assertNothingInFlight(tx, booking, ['CAPTURE', 'VOID']);
    const refundable = (await listRefundable(tx, booking)).reduce((sum, { left }) => sum + left, 0);
    if (amount > refundable) {
      throw new AppError('refund_exceeds_captured', { extra: { refundable, currency: booking.currency } });
    }
    const to = input.to === 'WALLET' ? 'WALLET' : 'ORIGINAL';
    const by = { booking, actor, requestId: ctx.request.id };
    const { refundIds, operationIds } = await giveBack(tx, {
      ...{ ...by, amount, to, reason, origin: 'STAFF', isHandedOver: true },
    });
    await waiveRefunded(tx, booking, amount);
    return { bookingId: booking.id, operationIds, refundIds };
  });
}
