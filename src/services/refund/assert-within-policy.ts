import type { Tx } from '../../db/client.ts';
import type { LockedBooking } from '../../db/locks.ts';
import { getsRoundPolicy } from '../../domain/money/cancellation.ts';
import { AppError } from '../../errors.ts';
import { sumOpenRefunds } from './give-back.ts';
import { readPolicy } from './quote-cancellation.ts';

/**
 * Refuses to let a guest move a booking by which they would get round what cancelling it costs (decision 024).
 *
 * Before anything was agreed (unpaid, or not approved) cancelling costs nothing.
 * Locks: expects the booking locked. Throws: change_not_allowed.
 */
export async function assertWithinPolicy(tx: Tx, booking: LockedBooking, nextTotal: number): Promise<void> {
  if (booking.status !== 'CONFIRMED') return;
  const { startsAt, now, depositDue } = booking;
  const paid = booking.paidAmount - (await sumOpenRefunds(tx, booking));
  const policy = await readPolicy(tx, booking);
  if (getsRoundPolicy({ policy, startsAt, now, paid, depositDue, nextTotal })) throw new AppError('change_not_allowed');
}
