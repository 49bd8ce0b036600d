import type { Tx } from '../../db/client.ts';
import { judgeLimits } from '../../domain/promo.ts';
import type { PromoOffer } from '../../domain/promo.ts';
import { refusePromo } from './admit-promo.ts';
import { lockPromo } from './lock-promo.ts';

/**
 * Uses a promo for a booking that is just being made: from now on the use is this booking's, until it ends.
 *
 * Locks: the promo, after the nights or the provider and the booking. Throws: promo_invalid when others were faster.
 */
export async function takePromoUse(
  tx: Tx,
  use: { promo: PromoOffer; bookingId: string; customerId: string; isStaff: boolean },
): Promise<void> {
  const { bookingId, customerId, isStaff } = use;
  const { id: promoId, type, value } = use.promo;
  const locked = await lockPromo(tx, { promoId, bookingId, customerId });
  const reason = locked.isActive ? judgeLimits(locked, locked.usesByCustomer) : 'INACTIVE';
  if (reason !== null) throw refusePromo(reason, isStaff);
  await tx.promoUse.create({ data: { bookingId, promoId, customerId, type, value } });
}
