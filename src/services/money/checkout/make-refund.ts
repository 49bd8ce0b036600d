import type { RequestContext } from '../../../context.ts';
import { assertChargeable } from '../../../domain/money/charge.ts';
import { AppError } from '../../../errors.ts';
import type { BookingActionInput } from '../../core/booking/act-on-booking.ts';
import { lockBooking } from '../../core/booking/lock-booking.ts';
import { actWithGateway } from '../gateway/act-with-gateway.ts';
import type { GatewayAction } from '../gateway/act-with-gateway.ts';
import { assertNothingInFlight } from '../payment/find-current-payment.ts';
import { refundFromPayments, listRefundable, sumRefundable } from '../refund/refund-from-payments.ts';
import { recordWaiver } from '../refund/record-waiver.ts';

interface StaffRefund extends BookingActionInput {
  readonly amount: number;
  readonly reason: string;
  readonly to: 'CARD' | 'WALLET';
}

/**
 * Makes a refund that staff request, up to the refundable amount.
 *
 * Cards come first, then the wallet, then manual payments, which count as handed over. The refund is waived, so a
 * confirmed booking owes no more than before. Concurrent refunds of one booking run one after the other.
 * Throws: not_found, version_conflict, refund_exceeds_captured, validation_failed; payment_in_progress while a capture or void is open.
 */
export async function makeRefund(ctx: RequestContext, input: StaffRefund): Promise<GatewayAction> {
  return actWithGateway(ctx, 'refund/make', input, async (tx) => {
    const booking = await lockBooking(tx, input);
    const { amount, reason } = input;
    await assertNothingInFlight(tx, booking, { kinds: ['CAPTURE', 'VOID'] });
    const to = input.to === 'WALLET' ? 'WALLET' : 'ORIGINAL';
    const payments = await listRefundable(tx, booking, to);
    const refundable = sumRefundable(payments, 'left');
    if (amount > refundable) throw exceedsRefundable(refundable, sumRefundable(payments, 'withheld'), booking.currency);
    if (amount < refundable) assertChargeable(booking.currency, { amount });
    const { refundIds, operationIds } = await refundFromPayments(tx, {
      booking,
      author: ctx.author,
      amount,
      to,
      reason,
      origin: 'STAFF',
      isHandedOver: true,
    });
    await recordWaiver(tx, booking, { amount, reason, author: ctx.author });
    return { bookingId: booking.id, operationIds, refundIds };
  });
}

/** Builds the error, with a detail about disputes, because a smaller or later refund may not help then. */
function exceedsRefundable(refundable: number, withheld: number, currency: string): AppError {
  const detail =
    'A charge of this booking is disputed at the bank, or that was lost: nothing of it goes back to the card. What of it is not disputed can go to the wallet.';
  return new AppError('refund_exceeds_captured', {
    ...(withheld > 0 && { detail }),
    extra: { refundable, currency, ...(withheld > 0 && { withheld }) },
  });
}
