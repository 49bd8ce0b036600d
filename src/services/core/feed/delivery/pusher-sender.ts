import { channelsOf } from '../../../../domain/feed/events.ts';
import type { FeedEvent } from '../../../../domain/feed/events.ts';
import { MAX_PUBLICATIONS } from '../../../../domain/ports/realtime.ts';
import type { Publication } from '../../../../domain/ports/realtime.ts';
import type { FeedSender } from './feed-sender.ts';

/** Publishes events to browsers: each event once per realtime channel of its audience. */
export const pusherSender: FeedSender = {
  channel: 'PUSHER',
  logEvent: 'realtime/publish',
  maxBatchSize: MAX_PUBLICATIONS,
  sizeOf: (event) => channelsOf(event).length,
  isConfigured: ({ realtime }) => realtime !== null,
  send: async ({ realtime }, events) =>
    realtime === null
      ? { kind: 'UNKNOWN', reason: 'not configured' }
      : realtime.publish(events.flatMap(toPublications)),
};

function toPublications(event: FeedEvent): Publication[] {
  const data = JSON.stringify(event);
  return channelsOf(event).map((channel) => ({ channel, name: event.type, data }));
}
