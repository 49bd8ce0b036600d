import type { RequestContext } from '../../../../context.ts';
import { endHeldMove } from './end-held-move.ts';

/**
 * Ends the held moves of bookings that staff are about to move: from now on staff decide, and nothing falls back.
 *
 * A transaction of its own, because the kept nights are locked before the nights of the next move.
 */
export async function takeOverHeldMoves(
  ctx: RequestContext,
  { propertyId, codes }: { propertyId: string; codes: readonly string[] },
): Promise<void> {
  if (ctx.author.actor.type !== 'STAFF' || ctx.request.isDryRun) return;
  const held = await ctx.db.heldMove.findMany({
    where: { booking: { propertyId, code: { in: [...codes] } } },
    select: { bookingId: true },
  });
  for (const { bookingId } of held) await endHeldMove(ctx, { bookingId, isTakenOver: true });
}
