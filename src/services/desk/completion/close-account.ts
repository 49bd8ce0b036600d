import type { Tx } from '../../../db/client.ts';
import type { LockedBooking } from '../../../db/locks.ts';
import type { Author } from '../../../domain/booking/booking.ts';
import type { BookingStatus } from '../../../domain/booking-status.ts';
import type { EventContent, EventType } from '../../../domain/feed/events.ts';
import { AppError } from '../../../errors.ts';
import { changeBookingStatus } from '../../core/transition/change-booking-status.ts';
import { closeOpenSession } from '../../money/payment/close-open-session.ts';
import { assertNothingInFlight } from '../../money/payment/find-current-payment.ts';
import { readAmountNeeded } from '../../money/payment/read-amount-needed.ts';

/** A booking to complete. */
export interface AccountToClose {
  readonly booking: LockedBooking;
  readonly author: Author;
  /** Why staff waive the balance; null: the balance must be paid. */
  readonly waiveBalance: string | null;
  /** Operations that were written earlier in the transaction: nobody has to wait for these. */
  readonly begun?: readonly string[];
}

/** Events and content beside those of every completion. */
interface Announcement {
  readonly alsoAnnounce?: readonly EventType[];
  readonly eventData?: EventContent;
}

/**
 * Closes a booking's account and completes the booking: the balance is paid, or waived with a reason.
 *
 * Locks: expects the booking locked. Throws: payment_in_progress, balance_due. Returns: the new status.
 */
export async function closeAccount(
  tx: Tx,
  input: AccountToClose,
  announcement: Announcement = {},
): Promise<BookingStatus> {
  const { booking, author, waiveBalance } = input;
  await assertNothingInFlight(tx, booking, input);
  await closeOpenSession(tx, { booking, author });
  const { waivedAmount: before } = booking;
  const { balance } = await readAmountNeeded(tx, booking);
  if (balance > 0 && waiveBalance === null) throw owesBalance(balance, booking.currency);
  const waived = before + balance;
  return changeBookingStatus(tx, {
    booking,
    action: 'complete',
    author,
    reason: waiveBalance,
    set: { waivedAmount: waived },
    ...(waived > before && { changes: { waivedAmount: [before, waived] } }),
    ...announcement,
  });
}

function owesBalance(balanceDue: number, currency: string): AppError {
  const detail = 'Record the payment, or send {"waiveBalance": reason}.';
  return new AppError('balance_due', { detail, extra: { balanceDue, currency } });
}
