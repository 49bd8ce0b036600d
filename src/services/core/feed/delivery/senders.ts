import type { Context } from '../../../../context.ts';
import type { FeedSender } from './feed-sender.ts';
import { pusherSender } from './pusher-sender.ts';

/** Every channel of the feed. A new one is a port's implementation, a sender, and a line here. */
const SENDERS: readonly FeedSender[] = [pusherSender];

/** Lists the senders whose channel is configured. */
export function listSenders(ctx: Context): FeedSender[] {
  return SENDERS.filter((sender) => sender.isConfigured(ctx));
}
