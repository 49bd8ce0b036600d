import { jsonReply, send } from '../../http/exchange.ts';
import type { Incoming } from '../../http/exchange.ts';
import { PusherFailure } from '../http/pusher-failure.ts';
import { checkSignature } from '../http/signature.ts';
import type { World } from '../world/world.ts';
import { publish } from './publish.ts';
import { readBatch, readEvent } from './read-events.ts';

/** Serves the HTTP API for servers at `/apps/…`, with injected faults, until `stopped`. */
export function makeApi(world: World, stopped: AbortSignal): (incoming: Incoming) => Promise<void> {
  return async (incoming) => {
    const { method, path, query, body, response } = incoming;
    const [, , appId = '', ...rest] = path.split('/');
    if (appId !== world.app.appId) throw new PusherFailure(404, `Unknown app: ${appId}`);
    checkSignature(world.app, incoming);
    const reply = (value: object) => {
      send(response, jsonReply(200, value));
    };
    const [noun, name, ...more] = rest;
    const route = `${method} ${noun ?? ''}${name === undefined ? '' : '/:name'}${more.length > 0 ? '/…' : ''}`;
    switch (route) {
      case 'POST events': {
        const { publications, infos } = readEvent(body);
        const channels = publications.map(({ channel }, index) => [channel, describe(world, channel, infos[index])]);
        const result = infos[0] === '' ? {} : { channels: Object.fromEntries(channels) as object };
        if (await publish(world, publications, { response, stopped })) reply(result);
        return;
      }
      case 'POST batch_events': {
        const { publications, infos } = readBatch(body);
        const described = publications.map(({ channel }, index) => describe(world, channel, infos[index]));
        const result = infos.every((info) => info === '') ? {} : { batch: described };
        if (await publish(world, publications, { response, stopped })) reply(result);
        return;
      }
      case 'GET channels':
        reply({ channels: listChannels(world, new URLSearchParams(query)) });
        return;
      case 'GET channels/:name': {
        const info = new URLSearchParams(query).get('info') ?? '';
        const channel = decode(name ?? '');
        reply({ occupied: world.hub.countListeners(channel) > 0, ...describe(world, channel, info) });
        return;
      }
      default:
        throw new PusherFailure(404, `Unknown endpoint: ${method} ${path}`);
    }
  };
}

function listChannels(world: World, query: URLSearchParams): Record<string, object> {
  const prefix = query.get('filter_by_prefix') ?? '';
  const names = world.hub.occupiedChannels().filter((name) => name.startsWith(prefix));
  return Object.fromEntries(names.map((name) => [name, describe(world, name, query.get('info') ?? '')]));
}

/** Reads the attributes in `info`, a comma-separated list. Throws: PusherFailure 400 for an unknown attribute. */
function describe(world: World, channel: string, info = ''): { subscription_count?: number } {
  const attributes = info.split(',').filter((attribute) => attribute !== '');
  const unknown = attributes.find((attribute) => attribute !== 'subscription_count');
  if (unknown === 'user_count') throw new PusherFailure(400, 'user_count is only available on presence channels');
  if (unknown !== undefined) throw new PusherFailure(400, `Unknown attribute: ${unknown}`);
  return attributes.length === 0 ? {} : { subscription_count: world.hub.countListeners(channel) };
}

function decode(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    throw new PusherFailure(400, 'The channel name is not valid percent-encoding');
  }
}
