import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import type { BookingActionInput } from '../booking/act-on-booking.ts';
import { lockBooking } from '../booking/lock-booking.ts';
import { actWithGateway } from '../gateway/act-with-gateway.ts';
import type { GatewayAction } from '../gateway/act-with-gateway.ts';
import { assertNothingInFlight } from '../payment/find-current-payment.ts';
import { giveBack, listRefundable, sumOf } from './give-back.ts';
import { noteForgiven } from './waive-refunded.ts';

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
    await assertNothingInFlight(tx, booking, { kinds: ['CAPTURE', 'VOID'] });
    const to = input.to === 'WALLET' ? 'WALLET' : 'ORIGINAL';
    const payments = await listRefundable(tx, booking, to);
    const refundable = sumOf(payments, 'left');
    if (amount > refundable) throw tooMuch(refundable, sumOf(payments, 'withheld'), booking.currency);
    const by = { booking, actor, requestId: ctx.request.id };
    const { refundIds, operationIds } = await giveBack(tx, {
      ...{ ...by, amount, to, reason, origin: 'STAFF', isHandedOver: true },
    });
    await noteForgiven(tx, booking, amount);
    return { bookingId: booking.id, operationIds, refundIds };
  });
}

/** Says when a dispute is why, because asking again for less, or later, may then not help. */
function tooMuch(refundable: number, withheld: number, currency: string): AppError {
  const detail =
    'A charge of this booking is disputed at the bank, or that was lost: nothing of it goes back to the card. What of it is not disputed can go to the wallet.';
  return new AppError('refund_exceeds_captured', {
    ...(withheld > 0 && { detail }),
    extra: { refundable, currency, ...(withheld > 0 && { withheld }) },
  });
}
