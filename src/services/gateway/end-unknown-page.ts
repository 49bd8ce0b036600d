import type { Context } from '../../context.ts';
import type { Payment } from '../../db/client.ts';
import { transaction } from '../../db/transaction.ts';
import { lockPlaceOf } from '../booking/lock-booking.ts';
import { endUnpaid } from '../payment/end-unpaid.ts';

/** Somebody has noticed by then that we ask the gateway with the key of another account. */
const PATIENCE_MS = 24 * 3_600_000;

/**
 * Ends a page of which the gateway says that there is none, once it is a day old: nobody paid on it.
 *
 * Money that is authorized or captured is never given up for that.
 */
export async function endUnknownPage(ctx: Context, { id, bookingId }: Payment): Promise<void> {
  const hasEnded = await transaction(ctx, async (tx) => {
    const booking = await lockPlaceOf(tx, { id: bookingId });
    const payment = await tx.payment.findUniqueOrThrow({ where: { id } });
    const isOld = booking.now.getTime() - payment.createdAt.getTime() >= PATIENCE_MS;
    if (payment.stage !== 'SESSION_CREATED' || !isOld) return false;
    await endUnpaid(tx, { booking, payment });
    return true;
  });
  const event = 'payment/unknown-page';
  if (hasEnded) ctx.log.warn({ event, bookingId, paymentId: id, outcome: 'ended' }, event);
}
