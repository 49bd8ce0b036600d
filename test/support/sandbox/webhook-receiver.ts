import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import Stripe from 'stripe';

const { webhooks } = new Stripe('sk_test_receiver');

export interface Receiver extends AsyncDisposable {
  readonly url: string;
  readonly secret: string;
  /** What came with a signature the SDK accepts, in the order it came, copies too. */
  readonly received: Stripe.Event[];
  /** Resolves once `isEnough` holds for what was received. */
  waitUntil(isEnough: (received: readonly Stripe.Event[]) => boolean): Promise<void>;
  /** Resolves with the first event of a type. */
  waitFor(type: Stripe.Event['type']): Promise<Stripe.Event>;
  /** How the next requests are answered: 200 unless told otherwise. */
  answerWith(status: number): void;
}

/** A webhook endpoint that verifies what it gets with the SDK. */
export async function openReceiver(port = 0): Promise<Receiver> {
  const secret = 'whsec_receiver';
  const received: Stripe.Event[] = [];
  const arrivals = new EventEmitter();
  let status = 200;
  const server = createServer((request, response) => {
    void readText(request).then((payload) => {
      const event = webhooks.constructEvent(payload, String(request.headers['stripe-signature']), secret);
      received.push(event);
      arrivals.emit('event');
      response.writeHead(status).end();
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const waitUntil: Receiver['waitUntil'] = async (isEnough) => {
    while (!isEnough(received)) await once(arrivals, 'event');
  };
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/webhooks/stripe`,
    secret,
    received,
    waitUntil,
    waitFor: async (type) => {
      const find = () => received.find((event) => event.type === type);
      await waitUntil(() => find() !== undefined);
      return find() as Stripe.Event;
    },
    answerWith: (next) => {
      status = next;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function readText(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += String(chunk);
  return text;
}
