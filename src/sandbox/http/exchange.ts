import type { IncomingMessage, ServerResponse } from 'node:http';

/** A request with its complete body. */
export interface Incoming {
  readonly method: string;
  /** The path without the query string. */
  readonly path: string;
  readonly query: string;
  readonly body: string;
  readonly headers: IncomingMessage['headers'];
  readonly response: ServerResponse;
}

export interface Reply {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** Above the size of every request of the SDK. */
const MAX_BODY_BYTES = 1024 * 1024;

/** Reads the complete body of a request. Throws: Error for a body above the limit. */
export async function readIncoming(request: IncomingMessage, response: ServerResponse): Promise<Incoming> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new Error(`The body is larger than ${String(MAX_BODY_BYTES)} bytes`);
    chunks.push(chunk);
  }
  const [path = '/', query = ''] = (request.url ?? '/').split('?', 2);
  return {
    method: request.method ?? 'GET',
    path,
    query,
    body: Buffer.concat(chunks).toString('utf8'),
    headers: request.headers,
    response,
  };
}

export function send(response: ServerResponse, reply: Reply): void {
  response.writeHead(reply.status, { ...reply.headers, 'content-length': Buffer.byteLength(reply.body) });
  response.end(reply.body);
}

export function jsonReply(status: number, value: unknown, headers: Record<string, string> = {}): Reply {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(value, null, 2) };
}

export function headerOf(incoming: Incoming, name: string): string | null {
  const value = incoming.headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? null;
}

/** Waits until the time has passed or the client disconnects. Returns: true while the client is connected. */
export async function waitWhileConnected(response: ServerResponse, milliseconds: number): Promise<boolean> {
  if (response.destroyed) return false;
  return new Promise((resolve) => {
    const onClose = () => {
      clearTimeout(timer);
      resolve(false);
    };
    const timer = setTimeout(() => {
      response.off('close', onClose);
      resolve(true);
    }, milliseconds);
    response.once('close', onClose);
  });
}
