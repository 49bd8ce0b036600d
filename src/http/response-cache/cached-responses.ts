import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../../context.ts';
import { touchedBy } from '../../domain/feed/property-change.ts';
import type { Nights, PropertyChange } from '../../domain/feed/property-change.ts';
import { sendTagged } from '../contract/etag.ts';
import { isRead } from '../limits/is-read.ts';
import { announcementsOf } from '../request-context.ts';

/** Caches on the way may answer for this long by themselves; after it they revalidate. */
const CACHE_CONTROL = 'public, max-age=1';
const REFUSED = 400;

/**
 * Sends the response of a public read, from the cache or by `read`; 304 when the caller's copy is still current.
 *
 * The key is the route and its validated query, so the order and form of parameters do not matter. `nights` are those by
 * which a booking may change the response; null when none does.
 */
export async function sendCached(
  ctx: Context,
  input: { request: FastifyRequest; reply: FastifyReply; slug: string; nights: Nights | null },
  read: () => Promise<unknown>,
): Promise<FastifyReply> {
  const { request, reply, slug, nights } = input;
  const { url = '', schema } = request.routeOptions;
  // A query that no schema has validated is one that the route does not read.
  const text = schema?.querystring === undefined ? url : `${url} ${JSON.stringify(request.query)}`;
  const cached = await ctx.cache.getOrLoad({ slug, text, nights }, async () => reply.serialize(await read()) as string);
  reply.header('cache-control', CACHE_CONTROL);
  return sendTagged(request, reply, cached);
}

/**
 * Drops the cached responses that a request may have changed, before its own response leaves.
 *
 * So a caller sees its change in the next read here. The feed notifies other processes, and this one of changes that no
 * request made.
 */
export function invalidateOnChange(app: FastifyInstance, ctx: Context): void {
  const handled = new WeakSet<FastifyRequest>();
  // A request that is refused before its handler has changed nothing, and must not clear the cache.
  app.addHook('preHandler', (request, _reply, done) => {
    if (!isRead(request)) handled.add(request);
    done();
  });
  app.addHook('onSend', (request, reply, _payload, done) => {
    const slug = handled.has(request) ? slugOf(request) : undefined;
    if (slug !== undefined) ctx.cache.invalidate([changeOf(request, reply, slug)]);
    done();
  });
}

/** Returns all that the request may have changed: what it announced, or everything when it succeeded silently. */
function changeOf(request: FastifyRequest, reply: FastifyReply, slug: string): PropertyChange {
  const announced = announcementsOf(request);
  // A refused request may still be under way, as after a time-out; the feed notifies of its events once committed.
  if (reply.statusCode >= REFUSED) return { slug, touched: touchedBy(announced) };
  const events = announced.flatMap(({ id }) => id ?? []);
  return { slug, events, touched: announced.length === 0 ? 'EVERYTHING' : touchedBy(announced) };
}

function slugOf(request: FastifyRequest): string | undefined {
  const { slug } = request.params as { slug?: string };
  if (slug !== undefined) return slug;
  // An unknown route has no caller.
  const caller = request.caller as typeof request.caller | undefined;
  if (caller?.type === 'GUEST') return caller.access.propertySlug;
  return caller?.type === 'AGENT' ? caller.access.slug : undefined;
}
