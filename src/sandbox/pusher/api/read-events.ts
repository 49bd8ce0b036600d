import { z } from 'zod';
import { PusherFailure } from '../http/pusher-failure.ts';
import { isChannelName } from '../world/channel-name.ts';
import type { Publication } from '../world/publications.ts';

/** The events of a publish request, and the channel attributes for the response. */
export interface PublishRequest {
  readonly publications: readonly Publication[];
  /** Attribute lists, one per publication in the order of the publications. */
  readonly infos: readonly string[];
}

const MAX_DATA_BYTES = 10_240;
const MAX_CHANNELS = 100;
const MAX_BATCH = 10;

const channel = z.string().refine(isChannelName, 'must be a channel name');
const event = z.object({
  name: z.string().min(1).max(200),
  data: z.string(),
  socket_id: z.exactOptional(z.string().regex(/^\d+\.\d+$/, 'must be a socket id')),
  info: z.exactOptional(z.string()),
});
const eventOnChannels = event
  .extend({
    channels: z.exactOptional(z.array(channel).min(1).max(MAX_CHANNELS)),
    channel: z.exactOptional(channel),
  })
  .refine(
    (fields) => fields.channels !== undefined || fields.channel !== undefined,
    'must have a channel or a list of channels',
  );
const batch = z.object({ batch: z.array(event.extend({ channel })).max(MAX_BATCH) });

/** Parses the body of `POST events`. Throws: PusherFailure 400, or 413 for data above Pusher's limit. */
export function readEvent(body: string): PublishRequest {
  const { channels, channel: single, ...rest } = parse(body, eventOnChannels);
  const names = channels ?? (single === undefined ? [] : [single]);
  return toPublishRequest(names.map((name) => ({ ...rest, channel: name })));
}

/** Parses the body of `POST batch_events`; a single invalid event rejects the batch. Throws: as `readEvent`. */
export function readBatch(body: string): PublishRequest {
  return toPublishRequest(parse(body, batch).batch);
}

function toPublishRequest(events: readonly (z.output<typeof event> & { channel: string })[]): PublishRequest {
  for (const { data } of events) {
    if (Buffer.byteLength(data) <= MAX_DATA_BYTES) continue;
    throw new PusherFailure(
      413,
      `The data content of this event exceeds the allowed maximum (${String(MAX_DATA_BYTES)} bytes). See https://pusher.com/docs/channels/server_api/http-api#publishing-events for more info`,
    );
  }
  return {
    publications: events.map(({ channel: name, name: eventName, data, socket_id: socketId }) => ({
      channel: name,
      name: eventName,
      data,
      ...(socketId !== undefined && { socketId }),
    })),
    infos: events.map(({ info = '' }) => info),
  };
}

function parse<S extends z.ZodType>(body: string, schema: S): z.output<S> {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new PusherFailure(400, 'The body must be JSON');
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new PusherFailure(400, z.prettifyError(result.error));
}
