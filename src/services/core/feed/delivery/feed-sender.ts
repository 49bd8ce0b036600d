import type { Context } from '../../../../context.ts';
import type { FeedEvent } from '../../../../domain/feed/events.ts';
import type { SendResult } from '../../../../domain/feed/send-result.ts';

/** A channel that carries the feed to somewhere else. Knows only how to send: order and retries are the engine's. */
export interface FeedSender {
  /** Names the channel's cursors, in capitals. Once used it never changes: another name starts from new cursors. */
  readonly channel: string;
  /** Tags the log lines about events that the channel refuses or does not answer for. */
  readonly logEvent: string;
  /** How much one request holds, in the unit of `sizeOf`. */
  readonly maxBatchSize: number;
  /** Measures an event. One larger than `maxBatchSize` travels alone. */
  sizeOf(event: FeedEvent): number;
  /** Answers false where the channel is switched off: no cursor is opened and nothing is sent. */
  isConfigured(ctx: Context): boolean;
  /** Sends events of one property in one request, in this order. Ends well before the lease (`LEASE_SECONDS`) does. */
  send(ctx: Context, events: readonly FeedEvent[]): Promise<SendResult>;
}
