import type { Tx } from '../../db/client.ts';
import type { LockedBooking } from '../../db/locks.ts';
import { judgeLimits } from '../../domain/money/promo.ts';
import { lockPromo } from './lock-promo.ts';

/**
 * Whether the promo that an ended hold was sold with can still be had; so it is for a booking without one.
 *
 * What it was sold with stays sold: only how often the promo may be used counts, not what has become of it since.
 * Locks: expects the booking locked; locks its promo.
 */
export async function isPromoLeft(tx: Tx, { id: bookingId, hasPromo }: LockedBooking): Promise<boolean> {
  if (!hasPromo) return true;
  const use = await tx.promoUse.findUnique({ where: { bookingId } });
  if (use === null || use.freedAt === null) return true;
  const locked = await lockPromo(tx, use);
  return judgeLimits(locked, locked.usesByCustomer) === null;
}

/** Takes the promo use of a hold that comes back again. Expects that it can be had: `isPromoLeft`. */
export async function takePromoUseAgain(tx: Tx, { id, hasPromo }: LockedBooking): Promise<void> {
  if (!hasPromo) return;
  await tx.$executeRaw`UPDATE promo_uses SET freed_at = NULL WHERE booking_id = ${id}::uuid AND freed_at IS NOT NULL`;
}
