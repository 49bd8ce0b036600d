import type { Context } from '../../../context.ts';
import type { EventType, FeedEvent } from '../../../domain/feed/events.ts';

interface FeedQuery {
  readonly propertyId: string;
  /** The number of the last event the caller has; 0 for none. */
  readonly after: number;
  readonly limit: number;
}

/** Lists the property's numbered events after a number, in order. */
export async function listEvents(ctx: Pick<Context, 'db'>, query: FeedQuery): Promise<FeedEvent[]> {
  const { propertyId, after, limit } = query;
  const rows = await ctx.db.$queryRaw<EventRow[]>`
    SELECT o.seq::int8, o.type, o.occurred_at, o.data, p.slug
    FROM outbox_messages o JOIN properties p ON p.id = o.property_id
    WHERE o.property_id = ${propertyId}::uuid AND o.seq > ${after}::int8 ORDER BY o.seq LIMIT ${limit}::int`;
  return rows.map(toEvent);
}

interface EventRow {
  readonly seq: bigint;
  readonly type: string;
  readonly occurred_at: Date;
  readonly data: FeedEvent['data'];
  readonly slug: string;
}

function toEvent({ seq, type, occurred_at: occurredAt, data, slug }: EventRow): FeedEvent {
  return {
    // The id is stable over repeated deliveries and channels, so that receivers can deduplicate.
    id: `${slug}-${String(seq)}`,
    seq: Number(seq),
    type: type as EventType,
    occurredAt: occurredAt.toISOString(),
    propertySlug: slug,
    data,
  };
}
