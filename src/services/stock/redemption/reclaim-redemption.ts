import type { Tx } from '../../../db/client.ts';
import type { LockedBooking } from '../../../db/locks.ts';
import { checkPromoLimits } from '../../../domain/money/price/promo.ts';
import { lockPromo } from './lock-promo.ts';

/**
 * Checks that the promo's limits allow an ended hold to reclaim its redemption; true without a redemption.
 *
 * The hold was sold with the promo, so only the limits count: other changes of the promo since do not matter.
 * Locks: expects the booking locked; locks its promo.
 */
export async function canReclaimRedemption(tx: Tx, { id: bookingId, hasPromo }: LockedBooking): Promise<boolean> {
  if (!hasPromo) return true;
  const redemption = await tx.promoUse.findUnique({ where: { bookingId } });
  if (redemption === null || redemption.freedAt === null) return true;
  const locked = await lockPromo(tx, redemption);
  return checkPromoLimits(locked, locked.customerRedemptions) === null;
}

/** Reclaims the redemption of an ended hold. Expects `canReclaimRedemption` to have returned true. */
export async function reclaimRedemption(tx: Tx, { id, hasPromo }: LockedBooking): Promise<void> {
  if (!hasPromo) return;
  await tx.$executeRaw`UPDATE promo_uses SET freed_at = NULL WHERE booking_id = ${id}::uuid AND freed_at IS NOT NULL`;
}
