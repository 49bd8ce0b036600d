import type { Tx } from '../../../db/client.ts';
import type { LockedBooking } from '../../../db/locks.ts';
import { OPEN_STATES } from '../../../domain/money/open-state.ts';

/** Adds up a booking's refunds that are requested and not paid out yet. */
export async function sumOpenRefunds(tx: Tx, booking: Pick<LockedBooking, 'id'>): Promise<number> {
  const { _sum } = await tx.refund.aggregate({
    where: { bookingId: booking.id, state: { in: [...OPEN_STATES] } },
    _sum: { amount: true },
  });
  return Number(_sum.amount ?? 0);
}
