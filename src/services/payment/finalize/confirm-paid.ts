import type { Tx } from '../../../db/client.ts';
import type { LockedBooking } from '../../../db/locks.ts';
import type { Actor } from '../../../domain/booking.ts';
import type { BookingStatus } from '../../../domain/booking-status.ts';
import { changeBookingStatus } from '../../transition/change-booking-status.ts';

interface PaidBooking {
  readonly booking: LockedBooking;
  readonly actor: Actor;
  readonly requestId: string | null;
  /** A card was captured. */
  readonly isGateway: boolean;
  /** Staff took it. */
  readonly isByHand: boolean;
  /** With what came in now. */
  readonly paidAmount: number;
  /** False when an ended hold is not to come back, because its nights are gone. */
  readonly revives: boolean;
}

/** What becomes of a booking that is paid as far as it has to be. Answers its status. Expects it locked. */
export async function confirmPaid(tx: Tx, input: PaidBooking): Promise<BookingStatus> {
  const { booking, isGateway, actor, requestId, paidAmount } = input;
  const byPayment = { ...actor, type: 'PAYMENT' as const };
  switch (booking.status) {
    case 'PENDING_PAYMENT':
      // Paid in full is decided; a deposit that needed no card is not.
      if (!isGateway && booking.approval === 'STAFF' && paidAmount < booking.totalPayable) {
        return changeBookingStatus(tx, { booking, action: 'authorize', actor: byPayment, requestId });
      }
      return changeBookingStatus(tx, {
        ...{ booking, action: 'confirm', requestId },
        actor: input.isByHand ? actor : byPayment,
      });
    case 'PENDING_APPROVAL':
      if (!isGateway) {
        // Paid by other means than the card that lapsed: the deadline for paying again is met.
        await tx.booking.update({ where: { id: booking.id }, data: { expiresAt: null } });
        return booking.status;
      }
      return changeBookingStatus(tx, {
        ...{ booking, action: 'approve', actor: { ...actor, type: 'STAFF' }, requestId },
        set: { decisionBy: actor.id, decisionAt: booking.now },
        alsoAnnounce: ['booking_confirmed'],
      });
    case 'EXPIRED':
      if (!input.revives) return booking.status;
      return changeBookingStatus(tx, {
        ...{ booking, action: 'revive', to: 'CONFIRMED', actor: byPayment, requestId },
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
