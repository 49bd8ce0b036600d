import type { Context } from '../../../context.ts';
import { expireHold } from './expire-holds.ts';
import type { FoundPromo } from '../../stock/redemption/find-promo.ts';
import { overdueHold } from '../../../db/predicates.ts';

/** Holds expired per booking request, to bound the request's time; the next sweep expires the others. */
const MAX_HOLDS = 20;

/**
 * Expires overdue holds whose redemption of a promo blocks a new booking.
 *
 * Each hold has its own transaction, because the hold may lock other nights than the booking. A dry run writes nothing.
 */
export async function releaseOverdueRedemptions(
  ctx: Context,
  { promo, emailNormalized }: { promo: FoundPromo; emailNormalized: string | null },
): Promise<void> {
  const { id, overdueRedemptions, uses, maxUses, maxUsesPerCustomer } = promo;
  if (overdueRedemptions === 0) return;
  const isUsedUp = maxUses !== null && uses + overdueRedemptions >= maxUses;
  if (!isUsedUp && maxUsesPerCustomer === null) return;
  const holds = await ctx.db.$queryRaw<{ propertyId: string; code: string }[]>`
    SELECT b.property_id AS "propertyId", b.code
    FROM bookings b JOIN promo_uses u ON u.booking_id = b.id JOIN customers c ON c.id = u.customer_id
    WHERE ${overdueHold()} AND u.promo_id = ${id}::uuid AND u.freed_at IS NULL
      AND (${isUsedUp} OR c.email_normalized = ${emailNormalized}::text)
    ORDER BY b.expires_at LIMIT ${MAX_HOLDS}`;
  for (const hold of holds) await expireHold(ctx, hold);
}
