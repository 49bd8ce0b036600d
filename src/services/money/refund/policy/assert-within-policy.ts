import type { Tx } from '../../../../db/client.ts';
import type { LockedBooking } from '../../../../db/locks.ts';
import { bypassesPolicy } from '../../../../domain/money/cancellation.ts';
import { AppError } from '../../../../errors.ts';
import { sumOpenRefunds } from '../../payment/sum-open-refunds.ts';
import { readPolicy } from './quote-cancellation.ts';

/**
 * Refuses a guest's change that would avoid the booking's cancellation fee (decision 024).
 *
 * A booking that is unpaid or not approved has no cancellation fee, so every change is allowed.
 * Locks: expects the booking locked. Throws: change_not_allowed.
 */
export async function assertWithinPolicy(tx: Tx, booking: LockedBooking, nextTotal: number): Promise<void> {
  if (booking.status !== 'CONFIRMED') return;
  const { startsAt, now, depositDue, currency } = booking;
  const paid = booking.paidAmount - (await sumOpenRefunds(tx, booking));
  const policy = await readPolicy(tx, booking);
  const input = { policy, currency, startsAt, now, paid, depositDue, nextTotal };
  if (bypassesPolicy(input)) throw new AppError('change_not_allowed');
}
