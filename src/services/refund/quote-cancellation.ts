import type { Context } from '../../context.ts';
import type { Tx } from '../../db/client.ts';
import { transaction } from '../../db/transaction.ts';
import type { LockedBooking } from '../../db/locks.ts';
import { listAllowedActions } from '../../domain/booking-status.ts';
import { quoteByPercent, quoteCancellation as quote, quoteNoShow } from '../../domain/money/cancellation.ts';
import type { CancellationPolicy, CancellationQuote } from '../../domain/money/cancellation.ts';
import type { Actor } from '../../domain/booking.ts';
import { AppError } from '../../errors.ts';
import { lockBooking } from '../booking/lock-booking.ts';
import { sumOpenRefunds } from './give-back.ts';
import { splitRefundable } from './split-refundable.ts';

export interface QuotedCancellation extends CancellationQuote {
  readonly refundable: boolean;
  /** What is disputed of what was paid: the bank decides who has it. */
  readonly withheld: number;
  readonly currency: string;
  readonly policy: CancellationPolicy;
}

/**
 * What would come back if the booking were cancelled now, by the policy it was made under.
 *
 * Throws: not_found, invalid_transition when this caller can't cancel it any more.
 */
export async function quoteCancellation(
  ctx: Context,
  input: { propertyId: string; code: string; actor: Actor },
): Promise<QuotedCancellation> {
  return transaction(ctx, async (tx) => {
    const booking = await lockBooking(tx, input);
    const allowed = listAllowedActions({ kind: booking.kind, from: booking.status, by: input.actor.type });
    if (!allowed.includes('cancel')) {
      throw new AppError('invalid_transition', {
        detail: `A booking that is ${booking.status} can't be cancelled.`,
        extra: { bookingStatus: booking.status, action: 'cancel', allowed },
      });
    }
    const { refundPercent, fee } = await quoteLocked(tx, booking, null);
    // By the same rule as the cancellation itself, so that nothing is promised that does not come.
    const split = await splitRefundable(tx, booking, fee);
    const policy = await readPolicy(tx, booking);
    return { refundPercent, ...split, policy, currency: booking.currency, refundable: split.refundAmount > 0 };
  });
}

/** The same for a booking that is locked. `refundPercent` is staff's own word; null leaves it to the policy. */
export async function quoteLocked(
  tx: Tx,
  booking: LockedBooking,
  refundPercent: number | null,
): Promise<CancellationQuote> {
  const paid = booking.paidAmount - (await sumOpenRefunds(tx, booking));
  if (refundPercent !== null) return quoteByPercent(paid, refundPercent);
  // Nothing was agreed yet, so nothing is kept.
  if (booking.status === 'PENDING_PAYMENT' || booking.status === 'PENDING_APPROVAL') return quoteByPercent(paid, 100);
  const { startsAt, now, depositDue } = booking;
  return quote({ policy: await readPolicy(tx, booking), startsAt, now, paid, depositDue });
}

/** What the property keeps of what was paid by a guest who did not come. */
export async function quoteNoShowLocked(tx: Tx, booking: LockedBooking): Promise<CancellationQuote> {
  const paid = booking.paidAmount - (await sumOpenRefunds(tx, booking));
  return quoteNoShow({ policy: await readPolicy(tx, booking), paid });
}

/** The policy that the booking was made under. */
export async function readPolicy(tx: Tx, booking: Pick<LockedBooking, 'id'>): Promise<CancellationPolicy> {
  const row = await tx.booking.findUniqueOrThrow({ where: { id: booking.id }, select: { cancellationPolicy: true } });
  return row.cancellationPolicy as unknown as CancellationPolicy;
}
