import type { Tx } from '../../../../db/client.ts';
import type { LockedBooking } from '../../../../db/locks.ts';
import type { Author } from '../../../../domain/booking/booking.ts';
import type { BookingStatus } from '../../../../domain/booking-status.ts';
import { changeBookingStatus } from '../../../core/transition/change-booking-status.ts';

interface PaidBooking {
  readonly booking: LockedBooking;
  readonly author: Author;
  /** A card was captured. */
  readonly isGateway: boolean;
  /** Staff took the payment by hand. */
  readonly isByHand: boolean;
  /** Nothing is left to pay. */
  readonly isPaidInFull: boolean;
  /** False when an expired hold has lost its place. */
  readonly canRevive: boolean;
}

/** Moves a sufficiently paid booking to its next status. Locks: expects the booking locked. Returns: the new status. */
export async function confirmPaid(tx: Tx, input: PaidBooking): Promise<BookingStatus> {
  const { booking, isGateway, author } = input;
  const { actor } = author;
  const byPayment = { ...author, actor: { ...actor, type: 'PAYMENT' as const } };
  switch (booking.status) {
    case 'PENDING_PAYMENT':
      // Payment in full confirms; a deposit without a card waits for approval.
      if (!isGateway && booking.approval === 'STAFF' && !input.isPaidInFull) {
        return changeBookingStatus(tx, { booking, action: 'authorize', author: byPayment });
      }
      return changeBookingStatus(tx, {
        booking,
        action: 'confirm',
        author: input.isByHand ? author : byPayment,
      });
    case 'PENDING_APPROVAL':
      if (!isGateway) {
        // A payment by hand or by wallet replaces the lapsed card, so the deadline to pay again is met.
        await tx.booking.update({ where: { id: booking.id }, data: { expiresAt: null } });
        return booking.status;
      }
      return changeBookingStatus(tx, {
        booking,
        action: 'approve',
        author,
        set: { decisionBy: actor.id, decisionAt: booking.now },
        alsoAnnounce: ['booking_confirmed'],
      });
    case 'EXPIRED':
      if (!input.canRevive) return booking.status;
      return changeBookingStatus(tx, {
        booking,
        action: 'revive',
        to: 'CONFIRMED',
        author: byPayment,
        alsoAnnounce: ['booking_confirmed'],
      });
    case 'CONFIRMED':
    case 'IN_HOUSE':
    case 'COMPLETED':
    case 'NO_SHOW':
    case 'DECLINED':
    case 'CANCELLED':
      return booking.status;
  }
}
