import type { Tx } from '../../db/client.ts';
import type { LockedBooking } from '../../db/locks.ts';

/**
 * Gives back the promo use of a booking that ends without having been used, so that another may have it.
 *
 * Locks: expects the booking locked; locks its promo. Idempotent.
 */
export async function freePromoUse(tx: Tx, { id, hasPromo }: LockedBooking): Promise<void> {
  if (!hasPromo) return;
  await tx.$executeRaw`UPDATE promo_uses SET freed_at = app_now() WHERE booking_id = ${id}::uuid AND freed_at IS NULL`;
}
