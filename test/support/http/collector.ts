import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A span as OTLP spells it in JSON, as far as tests look at it. */
export interface ReceivedSpan {
  readonly name: string;
  /** 1 internal, 2 server, 3 client. */
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly failed: boolean;
  readonly attributes: Record<string, unknown>;
  /** Of the process it comes from. */
  readonly service: string;
}

export interface Collector {
  readonly url: string;
  readonly spans: ReceivedSpan[];
  /** Everything it was sent, letter by letter. */
  readonly bodies: string[];
  close(): Promise<void>;
}

type Attributes = { readonly key: string; readonly value: Record<string, unknown> }[];

/** A collector of traces that takes OTLP over HTTP as JSON. */
export async function openCollector(): Promise<Collector> {
  const spans: ReceivedSpan[] = [];
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      if (request.url !== '/v1/traces') throw new Error(`Not where traces go: ${String(request.url)}`);
      bodies.push(body);
      spans.push(...readSpans(body));
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    spans,
    bodies,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function readSpans(body: string): ReceivedSpan[] {
  return JSON.parse(body).resourceSpans.flatMap((group: any) =>
    group.scopeSpans.flatMap((scope: any) =>
      scope.spans.map((span: any) => ({
        name: span.name,
        kind: span.kind,
        traceId: span.traceId,
        spanId: span.spanId,
        parentSpanId: span.parentSpanId ?? '',
        failed: span.status?.code === 2,
        attributes: flatten(span.attributes),
        service: flatten(group.resource.attributes)['service.name'],
      })),
    ),
  );
}

function flatten(attributes: Attributes): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
