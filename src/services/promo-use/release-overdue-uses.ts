import type { Context } from '../../context.ts';
import { expireAlone } from '../hold/expire-holds.ts';
import type { FoundPromo } from './find-promo.ts';

/** So many stand in the way of one booking at most; what is more, the next sweep releases. */
const MOST = 20;

/**
 * Expires holds past their deadline whose promo use stands in this booking's way: an expired hold blocks nobody.
 *
 * Each in a transaction of its own, because they may hold other nights than those that are about to be taken. Writes
 * nothing in a dry run.
 */
export async function releaseOverdueUses(
  ctx: Context,
  { promo, emailNormalized }: { promo: FoundPromo; emailNormalized: string },
): Promise<void> {
  const { id, overdueUses, uses, maxUses, maxUsesPerCustomer } = promo;
  if (overdueUses === 0) return;
  const isUsedUp = maxUses !== null && uses + overdueUses >= maxUses;
  if (!isUsedUp && maxUsesPerCustomer === null) return;
  const holds = await ctx.db.$queryRaw<{ propertyId: string; code: string }[]>`
    SELECT b.property_id AS "propertyId", b.code
    FROM bookings b JOIN promo_uses u ON u.booking_id = b.id JOIN customers c ON c.id = u.customer_id
    WHERE b.status = 'PENDING_PAYMENT' AND b.expires_at <= (SELECT app_now())
      AND b.payment_stage IN ('NONE', 'SESSION_CREATED', 'FAILED') AND u.promo_id = ${id}::uuid AND u.freed_at IS NULL
      AND (${isUsedUp} OR c.email_normalized = ${emailNormalized})
    ORDER BY b.expires_at LIMIT ${MOST}`;
  for (const hold of holds) await expireAlone(ctx, hold);
}
