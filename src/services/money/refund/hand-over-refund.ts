import type { RequestContext } from '../../../context.ts';
import type { BookingSnapshot } from '../../../domain/booking/booking.ts';
import { AppError } from '../../../errors.ts';
import { actOnBooking } from '../../core/booking/act-on-booking.ts';
import type { BookingActionInput } from '../../core/booking/act-on-booking.ts';
import { lockBooking } from '../../core/booking/lock-booking.ts';
import { recordRefund } from './record-refund.ts';

/**
 * Records that staff handed a manual refund over to the guest.
 *
 * Idempotent: a second call returns the booking unchanged.
 * Throws: not_found, version_conflict; invalid_transition for a cancelled refund or a refund to card or wallet.
 */
export async function handOverRefund(
  ctx: RequestContext,
  input: BookingActionInput & { refundId: string },
): Promise<BookingSnapshot> {
  return actOnBooking(ctx, 'refund/hand-over', input, async (tx) => {
    const booking = await lockBooking(tx, input);
    const refund = await tx.refund.findFirst({ where: { id: input.refundId, bookingId: booking.id } });
    if (refund === null) throw new AppError('not_found', { detail: 'There is no such refund of this booking.' });
    if (refund.state === 'DONE') return booking.id;
    if (refund.destination !== 'MANUAL' || refund.state === 'CANCELLED') {
      throw new AppError('invalid_transition', { detail: 'This refund is not paid out by hand.' });
    }
    await recordRefund(tx, { booking, refund, author: ctx.author });
    return booking.id;
  });
}
