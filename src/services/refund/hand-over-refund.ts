import type { Context } from '../../context.ts';
import type { BookingSnapshot } from '../../domain/booking.ts';
import { AppError } from '../../errors.ts';
import { actOnBooking } from '../booking/act-on-booking.ts';
import type { BookingActionInput } from '../booking/act-on-booking.ts';
import { lockBooking } from '../booking/lock-booking.ts';
import { settleRefund } from './settle-refund.ts';

/**
 * Notes that staff have given back by hand what had been paid by hand; a second time is answered like the first.
 *
 * Throws: not_found, version_conflict; invalid_transition for a refund that is not theirs to hand over.
 */
export async function handOverRefund(
  ctx: Context,
  input: BookingActionInput & { refundId: string },
): Promise<BookingSnapshot> {
  return actOnBooking(ctx, 'refund/hand-over', input, async (tx) => {
    const booking = await lockBooking(tx, input);
    const refund = await tx.refund.findFirst({ where: { id: input.refundId, bookingId: booking.id } });
    if (refund === null) throw new AppError('not_found', { detail: 'There is no such refund of this booking.' });
    if (refund.state === 'DONE') return booking.id;
    if (refund.destination !== 'MANUAL' || refund.state === 'CANCELLED') {
      throw new AppError('invalid_transition', { detail: 'This refund is not given back by hand.' });
    }
    await settleRefund(tx, { booking, refund, actor: input.actor, requestId: ctx.request.id });
    return booking.id;
  });
}
