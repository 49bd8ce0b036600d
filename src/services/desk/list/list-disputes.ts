import type { Context } from '../../../context.ts';
import type { Dispute } from '../../../db/client.ts';

export interface DisputeQuery {
  readonly propertyId: string;
  readonly status: Dispute['status'] | null;
  readonly limit: number;
  /** Cursor: the last row of the previous page. */
  readonly after: { readonly at: string; readonly id: string } | null;
}

export type ListedDispute = Dispute & { readonly booking: { readonly code: string } };

export interface DisputePage {
  readonly items: ListedDispute[];
  readonly next: readonly [at: string, id: string] | null;
}

/** Lists a page of a property's disputes, the latest first. */
export async function listDisputes(ctx: Pick<Context, 'db'>, query: DisputeQuery): Promise<DisputePage> {
  const { propertyId, status, limit, after } = query;
  const rows = await ctx.db.dispute.findMany({
    where: {
      propertyId,
      ...(status !== null && { status }),
      ...(after !== null && {
        OR: [{ openedAt: { lt: after.at } }, { openedAt: after.at, id: { lt: after.id } }],
      }),
    },
    include: { booking: { select: { code: true } } },
    orderBy: [{ openedAt: 'desc' }, { id: 'desc' }],
    take: limit + 1,
  });
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const hasMore = rows.length > limit && last !== undefined;
  return { items, next: hasMore ? [last.openedAt.toISOString(), last.id] : null };
}
