import type { Tx } from '../../../db/client.ts';
import type { LockedBooking } from '../../../db/locks.ts';

/**
 * Releases the redemption of a booking that was called off, for another booking to use.
 *
 * Locks: expects the booking locked; locks its promo.
 * Idempotent: a released redemption stays released.
 */
export async function releaseRedemption(tx: Tx, { id, hasPromo }: LockedBooking): Promise<void> {
  if (!hasPromo) return;
  await tx.$executeRaw`UPDATE promo_uses SET freed_at = app_now() WHERE booking_id = ${id}::uuid AND freed_at IS NULL`;
}
