import type { RequestContext } from '../../../../context.ts';
import type { Tx } from '../../../../db/client.ts';
import { transaction } from '../../../../db/transaction.ts';
import type { LockedBooking } from '../../../../db/locks.ts';
import { isUnconfirmed, listAllowedActions } from '../../../../domain/booking-status.ts';
import { assertCancellableBy } from '../../../../domain/booking/cut-off.ts';
import { quoteByPercent, quoteCancellation as quote, quoteNoShow } from '../../../../domain/money/cancellation.ts';
import type { CancellationPolicy, CancellationQuote } from '../../../../domain/money/cancellation.ts';
import { AppError } from '../../../../errors.ts';
import { lockBooking } from '../../../core/booking/lock-booking.ts';
import { sumOpenRefunds } from '../../payment/sum-open-refunds.ts';
import { splitRefundable } from '../split-refundable.ts';

export interface QuotedCancellation extends CancellationQuote {
  readonly refundable: boolean;
  /** Disputed part of the payments, in minor units. The bank decides who receives the money. */
  readonly withheld: number;
  readonly currency: string;
  readonly policy: CancellationPolicy;
}

/**
 * Quotes the refund of a cancellation now, by the booking's frozen policy.
 *
 * Throws: not_found; invalid_transition or too_late when the caller cannot cancel the booking any more.
 */
export async function quoteCancellation(
  ctx: RequestContext,
  input: { propertyId: string; code: string },
): Promise<QuotedCancellation> {
  return transaction(ctx, async (tx) => {
    const booking = await lockBooking(tx, input);
    const allowed = listAllowedActions({ kind: booking.kind, from: booking.status, by: ctx.author.actor.type });
    if (!allowed.includes('cancel')) {
      throw new AppError('invalid_transition', {
        detail: `A booking that is ${booking.status} can't be cancelled.`,
        extra: { bookingStatus: booking.status, action: 'cancel', allowed },
      });
    }
    assertCancellableBy(ctx.author.actor.type, booking);
    const { refundPercent, fee } = await quoteCancellationInTx(tx, booking, null);
    // The cancellation itself uses this split, so the quote never promises more than the refund.
    const split = await splitRefundable(tx, booking, { maxFee: fee });
    const policy = await readPolicy(tx, booking);
    return { refundPercent, ...split, policy, currency: booking.currency, refundable: split.refundAmount > 0 };
  });
}

/**
 * Quotes the refund of a cancellation. `refundPercent` is chosen by staff; null applies the booking's policy.
 *
 * Locks: expects the booking locked.
 */
export async function quoteCancellationInTx(
  tx: Tx,
  booking: LockedBooking,
  refundPercent: number | null,
): Promise<CancellationQuote> {
  const { startsAt, now, depositDue, currency } = booking;
  const paid = booking.paidAmount - (await sumOpenRefunds(tx, booking));
  if (refundPercent !== null) return quoteByPercent({ currency, paid, refundPercent });
  // An unconfirmed booking has no agreement yet, so the property may charge no fee.
  if (isUnconfirmed(booking.status)) return quoteByPercent({ currency, paid, refundPercent: 100 });
  return quote({ policy: await readPolicy(tx, booking), currency, startsAt, now, paid, depositDue });
}

/** Quotes the fee and refund of a no-show, by the booking's frozen policy. Locks: expects the booking locked. */
export async function quoteNoShowInTx(tx: Tx, booking: LockedBooking): Promise<CancellationQuote> {
  const paid = booking.paidAmount - (await sumOpenRefunds(tx, booking));
  return quoteNoShow({ policy: await readPolicy(tx, booking), currency: booking.currency, paid });
}

/** Reads the cancellation policy frozen at booking time. */
export async function readPolicy(tx: Tx, booking: Pick<LockedBooking, 'id'>): Promise<CancellationPolicy> {
  const row = await tx.booking.findUniqueOrThrow({ where: { id: booking.id }, select: { cancellationPolicy: true } });
  return row.cancellationPolicy as unknown as CancellationPolicy;
}
