import type { Tx } from '../../../../db/client.ts';
import type { LockedBooking } from '../../../../db/locks.ts';
import { AppError } from '../../../../errors.ts';

/** Refuses to move a booking whose last move waits for its payment. Throws: payment_in_progress. */
export async function assertNoHeldMove(tx: Tx, { id: bookingId }: Pick<LockedBooking, 'id'>): Promise<void> {
  if ((await tx.heldMove.findUnique({ where: { bookingId }, select: { bookingId: true } })) === null) return;
  const detail = 'The last move of this booking waits for its payment. Pay it, or wait until it falls back.';
  throw new AppError('payment_in_progress', { detail, retryAfterSeconds: 60 });
}
