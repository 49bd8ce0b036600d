import type { Payment, Tx } from '../../../../db/client.ts';
import type { LockedBooking } from '../../../../db/locks.ts';
import type { Actor } from '../../../../domain/booking/booking.ts';
import { recordEvent } from '../../../core/transition/record-event.ts';

const BY_PAYMENT: Actor = { type: 'PAYMENT', id: null, name: null };

/**
 * Records a card that was declined in a checkout session. Booking, stage and deadline stay.
 *
 * Locks: expects the booking locked.
 * Idempotent: one record per attempt.
 */
export async function recordDecline(
  tx: Tx,
  { booking, requestId }: { booking: LockedBooking; payment: Payment; requestId: string | null },
  chargeId: string,
): Promise<void> {
  const action = 'card-declined';
  const reason = `ch_…${chargeId.slice(-8)}`;
  const recorded = { bookingId: booking.id, action, reason };
  if ((await tx.bookingEvent.findFirst({ where: recorded, select: { id: true } })) !== null) return;
  const author = { actor: BY_PAYMENT, requestId };
  await recordEvent(tx, { booking, action, author, reason, announce: ['payment_failed'] });
}
