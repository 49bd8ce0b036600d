import type { Context } from '../../../context.ts';
import { UNPAID_CLAIM } from '../../../db/predicates.ts';

/** Deletes the claims of bookings that are paid or have ended, because a claim holds a hash of a network address. */
export async function deleteEndedClaims(ctx: Context): Promise<void> {
  await ctx.db.$executeRaw`
    DELETE FROM booking_claims k USING bookings b WHERE b.id = k.booking_id AND ${UNPAID_CLAIM} IS NOT TRUE`;
}
