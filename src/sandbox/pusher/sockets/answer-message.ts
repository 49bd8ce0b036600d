import { z } from 'zod';
import { isAuthorized } from '../http/signature.ts';
import type { PusherApp } from '../pusher-app.ts';
import { isChannelName } from '../world/channel-name.ts';
import type { Connection, Hub } from '../world/hub.ts';

const message = z.object({ event: z.string(), data: z.unknown() });
const onChannel = z.object({ channel: z.string().refine(isChannelName) });
const subscription = onChannel.extend({ auth: z.string().optional(), channel_data: z.string().optional() });

/** Answers a client's message by protocol 7. Unsupported messages get an error; the socket stays open. */
export function answerMessage(app: PusherApp, hub: Hub, connection: Connection, text: string): void {
  const { event, data } = readMessage(text) ?? { event: '', data: null };
  switch (event) {
    case 'pusher:ping':
      connection.send({ event: 'pusher:pong', data: '{}' });
      return;
    case 'pusher:pong':
      return;
    case 'pusher:subscribe':
      subscribe(app, hub, connection, data);
      return;
    case 'pusher:unsubscribe': {
      const { success, data: request } = onChannel.safeParse(data);
      if (success) hub.unsubscribe(connection, request.channel);
      return;
    }
    default:
      sendError(connection, event.startsWith('client-') ? 'The sandbox has no client events' : 'Unknown message');
  }
}

function subscribe(app: PusherApp, hub: Hub, connection: Connection, data: unknown): void {
  const { success, data: request } = subscription.safeParse(data);
  if (!success) {
    sendError(connection, 'Invalid channel name');
    return;
  }
  const { channel, auth = '', channel_data: channelData } = request;
  if (connection.channels.has(channel)) {
    sendError(connection, `Existing subscription to channel ${channel}`);
    return;
  }
  const signed = [connection.socketId, channel, ...(channelData === undefined ? [] : [channelData])];
  const problem = channel.startsWith('presence-')
    ? 'The sandbox has no presence channels'
    : channel.startsWith('private-') && !isAuthorized(app, auth, signed)
      ? `Invalid signature: Expected HMAC SHA256 hex digest of ${signed.join(':')}, but got ${auth}`
      : null;
  if (problem !== null) {
    connection.send({
      event: 'pusher:subscription_error',
      channel,
      data: { type: 'AuthError', error: problem, status: 401 },
    });
    return;
  }
  hub.subscribe(connection, channel);
  connection.send({ event: 'pusher_internal:subscription_succeeded', channel, data: '{}' });
}

/** Sends an error that leaves the socket open; Pusher gives such errors no code. */
function sendError(connection: Connection, reason: string): void {
  connection.send({ event: 'pusher:error', data: { code: null, message: reason } });
}

function readMessage(text: string): z.output<typeof message> | null {
  try {
    return message.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
