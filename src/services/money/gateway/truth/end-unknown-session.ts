import type { Context } from '../../../../context.ts';
import type { Payment } from '../../../../db/client.ts';
import { transaction } from '../../../../db/transaction.ts';
import { lockBookingByIdWithAllocation } from '../../../core/booking/lock-booking.ts';
import { recordUnpaid } from './record-unpaid.ts';

/** Waiting period, in which staff can notice and correct an API key of the wrong Stripe account. */
const PATIENCE_MS = 24 * 3_600_000;

/**
 * Ends the payment of a checkout session that the gateway does not know, once the payment is a day old.
 *
 * Authorized and captured payments are never ended this way.
 */
export async function endUnknownSession(ctx: Context, { id, bookingId }: Payment): Promise<void> {
  const hasEnded = await transaction(ctx, async (tx) => {
    const booking = await lockBookingByIdWithAllocation(tx, { id: bookingId });
    const payment = await tx.payment.findUniqueOrThrow({ where: { id } });
    const isOld = booking.now.getTime() - payment.createdAt.getTime() >= PATIENCE_MS;
    if (payment.stage !== 'SESSION_CREATED' || !isOld) return false;
    await recordUnpaid(tx, { booking, payment });
    return true;
  });
  const event = 'payment/unknown-page';
  if (hasEnded) ctx.log.warn({ event, bookingId, paymentId: id, outcome: 'ended' }, event);
}
