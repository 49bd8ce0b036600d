import type { Tx } from '../../../db/client.ts';
import type { LockedBooking } from '../../../db/locks.ts';

/**
 * Takes the promo from a booking that no longer meets its terms, for another booking to use.
 *
 * The booking never redeems a dropped promo again.
 * Locks: expects the booking locked; locks its promo.
 */
export async function dropRedemption(tx: Tx, { id }: LockedBooking): Promise<void> {
  await tx.$executeRaw`
    UPDATE promo_uses SET freed_at = coalesce(freed_at, app_now()), dropped_at = app_now()
    WHERE booking_id = ${id}::uuid AND dropped_at IS NULL`;
}
