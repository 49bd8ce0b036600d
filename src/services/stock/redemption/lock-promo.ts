import type { Tx } from '../../../db/client.ts';
import type { PromoLimits } from '../../../domain/money/price/promo.ts';

export interface LockedPromo extends PromoLimits {
  readonly isActive: boolean;
  /** Redemptions of this customer by other bookings. */
  readonly customerRedemptions: number;
}

/** Locks a promo and counts its redemptions. Locks: the promo's row, after the booking's. */
export async function lockPromo(
  tx: Tx,
  redemption: { promoId: string; customerId: string; bookingId: string },
): Promise<LockedPromo> {
  const { promoId, customerId, bookingId } = redemption;
  await tx.$queryRaw`SELECT 1 AS locked FROM promos WHERE id = ${promoId}::uuid FOR NO KEY UPDATE`;
  // A second statement, because only a new snapshot sees commits made during the wait for the lock.
  const promo = await tx.promo.findUniqueOrThrow({
    where: { id: promoId },
    select: {
      maxUses: true,
      maxUsesPerCustomer: true,
      uses: true,
      isActive: true,
      _count: { select: { taken: { where: { customerId, freedAt: null, bookingId: { not: bookingId } } } } },
    },
  });
  const { _count: count, ...limits } = promo;
  return { ...limits, customerRedemptions: count.taken };
}
