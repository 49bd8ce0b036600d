import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import { isRead } from './limits.ts';

/** Caches on the way may answer for this long by themselves; after it they ask whether the answer is still the same. */
const CACHE_CONTROL = 'public, max-age=1';

/**
 * Answers a public read of a property, from what is kept or by `read`, or says that the caller's is still it.
 *
 * What is asked is the route and its validated query, so the order and spelling of parameters do not matter.
 */
export async function sendKept(
  ctx: Context,
  { request, reply, slug }: { request: FastifyRequest; reply: FastifyReply; slug: string },
  read: () => Promise<unknown>,
): Promise<FastifyReply> {
  const { url = '', schema } = request.routeOptions;
  // A query that nobody has validated is one that the route does not look at.
  const question = schema?.querystring === undefined ? url : `${url} ${JSON.stringify(request.query)}`;
  const { text, etag } = await ctx.cache.remember(slug, question, async () => reply.serialize(await read()) as string);
  reply.header('etag', etag).header('cache-control', CACHE_CONTROL);
  if (isKnown(request.headers['if-none-match'], etag)) {
    reply.code(304);
    // Of no text Fastify would tell a HEAD that it has no length, which is not true of the answer.
    if (request.method !== 'HEAD') return reply.send();
  }
  return reply.type('application/json; charset=utf-8').send(text);
}

function isKnown(header: string | undefined, etag: string): boolean {
  return header?.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag || tag.trim() === '*') === true;
}

/**
 * Whoever changes something here sees it in their next read here: what is kept is thrown away before the answer goes out.
 *
 * Other processes, and changes nobody asked for by HTTP, come by way of the feed.
 */
export function forgetOnChange(app: FastifyInstance, ctx: Context): void {
  app.addHook('onSend', async (request) => {
    if (isRead(request)) return;
    const { caller } = request;
    const { slug } = request.params as { slug?: string };
    if (slug !== undefined) ctx.cache.forget([slug]);
    // A request that was refused early has no caller yet.
    else if ((caller as typeof caller | undefined)?.type === 'GUEST') {
      ctx.cache.forget([(caller as Extract<typeof caller, { type: 'GUEST' }>).access.propertySlug]);
    } else if ((caller as typeof caller | undefined)?.type === 'AGENT') {
      ctx.cache.forget([(caller as Extract<typeof caller, { type: 'AGENT' }>).access.slug]);
    }
  });
}
