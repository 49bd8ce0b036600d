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

/** Close code that tells clients to reconnect at once (Pusher protocol 7). */
const RECONNECT_IMMEDIATELY = 4200;

/** Serves the control API and the page at `/_sandbox`: published events, injected faults, disconnects. */
export function serveControl(world: World, incoming: Incoming): Reply {
  const name = incoming.path.replace(/^\/_sandbox\/?/, '');
  if (name === '' && incoming.method === 'GET') return { status: 200, headers: PAGE_HEADERS, body: renderPage(world) };
  const handle = HANDLERS[`${incoming.method} ${name}`];
  try {
    if (handle === undefined) throw new PusherFailure(404, `Unknown endpoint: ${incoming.method} ${incoming.path}.`);
    return jsonReply(200, handle(world, incoming));
  } catch (error) {
    if (error instanceof PusherFailure) return jsonReply(error.status, { error: { message: error.message } });
    throw error;
  }
}

const duration = z.exactOptional(z.int().min(0));
const faultRule = z
  .strictObject({
    rate: z.exactOptional(z.number().min(0).max(1)),
    kinds: z.exactOptional(z.array(z.enum(FAULT_KINDS)).min(1)),
    next: z.exactOptional(z.array(z.enum(FAULT_KINDS)).min(1)),
    slowMs: duration,
    hangMs: duration,
    seed: z.exactOptional(z.int()),
  })
  .refine(({ rate, next }) => rate !== undefined || next !== undefined, 'must have a rate or a list of next faults');

type Handle = (world: World, incoming: Incoming) => unknown;

const HANDLERS: Record<string, Handle | undefined> = {
  'GET published': ({ publications }, { query }) => publications.list(new URLSearchParams(query).get('channel')),
  'DELETE published': ({ publications }) => {
    publications.clear();
    return [];
  },

  'GET faults': ({ faults }) => faults.describe(),
  'POST faults': ({ faults }, { body }) => {
    faults.add(readFaultRule(body));
    return faults.describe();
  },
  'DELETE faults': ({ faults }) => {
    faults.clear();
    return faults.describe();
  },

  'POST disconnect': ({ hub }) => ({ disconnected: hub.disconnectAll(RECONNECT_IMMEDIATELY, 'Reconnect immediately') }),
};

function readFaultRule(body: string): z.output<typeof faultRule> {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new PusherFailure(400, 'The body must be JSON.');
  }
  const result = faultRule.safeParse(value);
  if (result.success) return result.data;
  throw new PusherFailure(400, z.prettifyError(result.error));
}
