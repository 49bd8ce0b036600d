import type { Context } from '../../../context.ts';

/** Maps booking ids to customer ids. */
export async function listCustomerIds(
  ctx: Pick<Context, 'db'>,
  bookingIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await ctx.db.booking.findMany({
    where: { id: { in: [...bookingIds] } },
    select: { id: true, customerId: true },
  });
  return new Map(rows.map(({ id, customerId }) => [id, customerId]));
}
