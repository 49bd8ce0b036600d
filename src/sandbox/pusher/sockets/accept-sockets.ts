import { randomInt } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import type { PusherApp } from '../pusher-app.ts';
import type { Connection, Hub } from '../world/hub.ts';
import { answerMessage } from './answer-message.ts';

/** How long a client may hear nothing before it asks whether somebody is there; the service's usual. */
const ACTIVITY_TIMEOUT_SECONDS = 120;
/** More than any message of a client is. */
const MAX_MESSAGE_BYTES = 64 * 1024;

/** Serves WebSockets at `/app/:key`. Answers what cuts them all. */
export function acceptSockets(server: Server, app: PusherApp, hub: Hub): () => void {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES });
  server.on('upgrade', (request, stream, head) => {
    sockets.handleUpgrade(request, stream, head, (socket) => {
      // Whatever it is, the socket closes after it.
      socket.on('error', () => undefined);
      const refusal = findRefusal(app, request);
      if (refusal === null) serve(app, hub, socket);
      else refuse(socket, refusal);
    });
  });
  return () => {
    for (const socket of sockets.clients) socket.terminate();
  };
}

function serve(app: PusherApp, hub: Hub, socket: WebSocket): void {
  const connection: Connection = {
    socketId: `${String(randomInt(1_000_000_000))}.${String(randomInt(1_000_000_000))}`,
    since: new Date(),
    channels: new Set(),
    send: (message) => {
      socket.send(JSON.stringify(message));
    },
    sendText: (message) => {
      socket.send(message);
    },
    close: (code, reason) => {
      socket.close(code, reason);
    },
  };
  hub.connect(connection);
  socket.on('close', () => {
    hub.disconnect(connection);
  });
  socket.on('message', (data: Buffer) => {
    // A connection that was sent away may still say something before it goes.
    if (hub.connections.has(connection)) answerMessage(app, hub, connection, data.toString('utf8'));
  });
  const greeting = { socket_id: connection.socketId, activity_timeout: ACTIVITY_TIMEOUT_SECONDS };
  connection.send({ event: 'pusher:connection_established', data: JSON.stringify(greeting) });
}

interface Refusal {
  readonly code: number;
  readonly message: string;
}

/** Codes from 4000 to 4099 tell a client not to come back as it is. */
function findRefusal(app: PusherApp, { url = '/' }: IncomingMessage): Refusal | null {
  const [path = '', query] = url.split('?', 2);
  const [, root, key = '', ...rest] = path.split('/');
  const protocol = new URLSearchParams(query).get('protocol');
  if (root !== 'app' || rest.length > 0) return { code: 4005, message: 'Path not found' };
  if (key !== app.key) return { code: 4001, message: `App key ${key} not in this cluster` };
  if (protocol === null) return { code: 4008, message: 'No protocol version supplied' };
  if (protocol !== '7') return { code: 4007, message: 'Unsupported protocol version' };
  return null;
}

function refuse(socket: WebSocket, refusal: Refusal): void {
  socket.send(JSON.stringify({ event: 'pusher:error', data: refusal }));
  // A reason holds 123 bytes; the message before it says everything.
  socket.close(refusal.code, refusal.message.slice(0, 40));
}
