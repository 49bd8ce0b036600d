import { z } from 'zod';
import { jsonReply } from '../../http/exchange.ts';
import type { Incoming, Reply } from '../../http/exchange.ts';
import { FAULT_KINDS } from '../http/faults.ts';
import { PusherFailure } from '../http/pusher-failure.ts';
import type { World } from '../world/world.ts';
import { renderPage } from './page.ts';

const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'",
};

/** Tells clients to come back at once. */
const RECONNECT = 4200;

/** Serves `/_sandbox` and what is below it: what was published, faults to order, and a page for people. */
export function serveControl(world: World, incoming: Incoming): Reply {
  const name = incoming.path.replace(/^\/_sandbox\/?/, '');
  if (name === '' && incoming.method === 'GET') return { status: 200, headers: PAGE_HEADERS, body: renderPage(world) };
  const handle = HANDLERS[`${incoming.method} ${name}`];
  try {
    if (handle === undefined) throw new PusherFailure(404, `There is no ${incoming.method} ${incoming.path}.`);
    return jsonReply(200, handle(world, incoming));
  } catch (error) {
    if (error instanceof PusherFailure) return jsonReply(error.status, { error: { message: error.message } });
    throw error;
  }
}

const duration = z.exactOptional(z.int().min(0));
const faultOrder = z
  .strictObject({
    rate: z.exactOptional(z.number().min(0).max(1)),
    kinds: z.exactOptional(z.array(z.enum(FAULT_KINDS)).min(1)),
    next: z.exactOptional(z.array(z.enum(FAULT_KINDS)).min(1)),
    slowMs: duration,
    hangMs: duration,
    seed: z.exactOptional(z.int()),
  })
  .refine(({ rate, next }) => rate !== undefined || next !== undefined, 'Say which: a rate, or what is next');

type Handle = (world: World, incoming: Incoming) => unknown;

const HANDLERS: Record<string, Handle | undefined> = {
  'GET published': ({ publications }, { query }) => publications.list(new URLSearchParams(query).get('channel')),
  'DELETE published': ({ publications }) => {
    publications.clear();
    return [];
  },

  'GET faults': ({ faults }) => faults.describe(),
  'POST faults': ({ faults }, { body }) => {
    faults.add(readOrder(body));
    return faults.describe();
  },
  'DELETE faults': ({ faults }) => {
    faults.clear();
    return faults.describe();
  },

  'POST disconnect': ({ hub }) => ({ disconnected: hub.disconnectAll(RECONNECT, 'Asked to reconnect') }),
};

function readOrder(body: string): z.output<typeof faultOrder> {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new PusherFailure(400, 'The body is not JSON.');
  }
  const result = faultOrder.safeParse(value);
  if (result.success) return result.data;
  throw new PusherFailure(400, z.prettifyError(result.error));
}
