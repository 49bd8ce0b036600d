import type { Tx } from '../../db/client.ts';
import type { PromoLimits } from '../../domain/money/promo.ts';

export interface LockedPromo extends PromoLimits {
  readonly isActive: boolean;
  /** Of this customer, by other bookings than this one. */
  readonly usesByCustomer: number;
}

/** Locks a promo and reads how far it is used, true for as long as its row is locked. Locks: after the booking. */
export async function lockPromo(
  tx: Tx,
  use: { promoId: string; customerId: string; bookingId: string },
): Promise<LockedPromo> {
  const { promoId, customerId, bookingId } = use;
  await tx.$queryRaw`SELECT 1 AS locked FROM promos WHERE id = ${promoId}::uuid FOR NO KEY UPDATE`;
  // A second statement, because only a new one sees what was committed while the first was waiting.
  const promo = await tx.promo.findUniqueOrThrow({
    where: { id: promoId },
    select: {
      ...{ maxUses: true, maxUsesPerCustomer: true, uses: true, isActive: true },
      _count: { select: { taken: { where: { customerId, freedAt: null, bookingId: { not: bookingId } } } } },
    },
  });
  const { _count: count, ...limits } = promo;
  return { ...limits, usesByCustomer: count.taken };
}
