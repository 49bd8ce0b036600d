import { randomInt } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import type { PusherApp } from '../pusher-app.ts';
import type { Connection, Hub } from '../world/hub.ts';
import { answerMessage } from './answer-message.ts';

/** Silence after which a client sends a ping; Pusher's default. */
const ACTIVITY_TIMEOUT_SECONDS = 120;
/** Above the size of every message of a client. */
const MAX_MESSAGE_BYTES = 64 * 1024;

/** Serves WebSockets at `/app/:key`. Returns: a function that terminates all sockets. */
export function acceptSockets(server: Server, app: PusherApp, hub: Hub): () => void {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES });
  server.on('upgrade', (request, stream, head) => {
    sockets.handleUpgrade(request, stream, head, (socket) => {
      // An unhandled error event would end the process; the socket closes after every error.
      socket.on('error', () => undefined);
      const refusal = findRefusal(app, request);
      if (refusal === null) serve(app, hub, socket);
      else sendRefusal(socket, refusal);
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
    // A disconnected client may still send a message before the socket has closed.
    if (hub.connections.has(connection)) answerMessage(app, hub, connection, data.toString('utf8'));
  });
  const greeting = { socket_id: connection.socketId, activity_timeout: ACTIVITY_TIMEOUT_SECONDS };
  connection.send({ event: 'pusher:connection_established', data: JSON.stringify(greeting) });
}

interface Refusal {
  readonly code: number;
  readonly message: string;
}

/** Finds the reason to refuse a connection. Codes from 4000 to 4099 tell a client not to reconnect unchanged. */
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

function sendRefusal(socket: WebSocket, refusal: Refusal): void {
  socket.send(JSON.stringify({ event: 'pusher:error', data: refusal }));
  // A close reason holds at most 123 bytes (RFC 6455); the message above has the full text.
  socket.close(refusal.code, refusal.message.slice(0, 40));
}
