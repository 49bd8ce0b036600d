import type { Context } from '../../../../context.ts';
import type { FeedSender } from './feed-sender.ts';

/**
 * Opens a channel's cursor for every property that has none, at the feed's last event.
 *
 * A channel that is connected later starts with what happens from then on. Idempotent: an open cursor stays where it is.
 */
export async function openCursors(ctx: Pick<Context, 'db'>, { channel }: Pick<FeedSender, 'channel'>): Promise<void> {
  await ctx.db.$executeRaw`
    INSERT INTO feed_cursors (channel, property_id, last_seq)
    SELECT ${channel}, property_id, last_seq FROM feeds ON CONFLICT DO NOTHING`;
}
