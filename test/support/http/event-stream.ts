import { once } from 'node:events';
import { Agent, request } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** A connection of its own for each stream. */
const agent = new Agent({ keepAlive: false, maxSockets: Infinity });

export interface StreamedEvent {
  readonly id: string;
  readonly event: string;
  readonly data: any;
}

export interface TestStream {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** What has come so far. */
  readonly events: readonly StreamedEvent[];
  /** All of it as text, comments included; of a refusal, its body. */
  readonly text: () => string;
  /** Resolves when the server ends it, or the connection breaks. */
  readonly ended: Promise<unknown>;
  /** Goes away without a word. */
  close(): void;
  /** Takes no more from the connection, until `resume`. */
  pause(): void;
  resume(): void;
}

/** Listens to server-sent events as a browser does. Resolves when the answer begins. */
export async function listenTo(
  url: string,
  { token, headers }: { token?: string; headers?: Record<string, string> } = {},
): Promise<TestStream> {
  const outgoing = request(url, {
    agent,
    headers: { accept: 'text/event-stream', ...(token && { authorization: `Bearer ${token}` }), ...headers },
  });
  outgoing.end();
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  const events: StreamedEvent[] = [];
  const chunks: string[] = [];
  let rest = '';
  incoming.setEncoding('utf8').on('data', (chunk: string) => {
    chunks.push(chunk);
    const blocks = (rest + chunk).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const fields of blocks.map(readFields)) {
      const { id = '', event = '', data } = Object.fromEntries(fields);
      if (data !== undefined) events.push({ id, event, data: JSON.parse(data) as unknown });
    }
  });
  // A connection that breaks has ended too.
  incoming.on('error', () => undefined);
  outgoing.on('error', () => undefined);
  return {
    status: incoming.statusCode ?? 0,
    headers: incoming.headers,
    events,
    text: () => chunks.join(''),
    ended: new Promise((resolve) => incoming.once('close', resolve)),
    close: () => void outgoing.destroy(),
    pause: () => void incoming.pause(),
    resume: () => void incoming.resume(),
  };
}

function readFields(block: string): Map<string, string> {
  return new Map(
    block.split('\n').map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1).trimStart()];
    }),
  );
}
