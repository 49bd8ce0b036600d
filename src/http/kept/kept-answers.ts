import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../../context.ts';
import { isPlainDate } from '../../domain/time/calendar.ts';
import type { PlainDate } from '../../domain/time/calendar.ts';
import { nightsInReach, touchedBy } from '../../domain/feed/property-change.ts';
import type { Announced, Nights, PropertyChange } from '../../domain/feed/property-change.ts';
import { noteAnnounced } from '../../services/feed/announced-here.ts';
import { sendTagged } from '../contract/etag.ts';
import { isRead } from '../limits/limits.ts';

/** Caches on the way may answer for this long by themselves; after it they ask whether the answer is still the same. */
const CACHE_CONTROL = 'public, max-age=1';

/**
 * Answers a public read of a property, from what is kept or by `read`, or says that the caller's is still it.
 *
 * What is asked is the route and its validated query, so the order and spelling of parameters do not matter. `nights` are
 * those by which a booking may change the answer; null when none does.
 */
export async function sendKept(
  ctx: Context,
  asked: { request: FastifyRequest; reply: FastifyReply; slug: string; nights: Nights | null },
  read: () => Promise<unknown>,
): Promise<FastifyReply> {
  const { request, reply, slug, nights } = asked;
  const { url = '', schema } = request.routeOptions;
  // A query that nobody has validated is one that the route does not look at.
  const question = schema?.querystring === undefined ? url : `${url} ${JSON.stringify(request.query)}`;
  const kept = await ctx.cache.remember(
    { slug, text: question, nights },
    async () => reply.serialize(await read()) as string,
  );
  reply.header('cache-control', CACHE_CONTROL);
  return sendTagged(request, reply, kept);
}

/**
 * Whoever changes something here sees it in their next read here: what it may touch is thrown away before the answer goes
 * out.
 *
 * Other processes, and changes nobody asked for by HTTP, come by way of the feed.
 */
export function forgetOnChange(app: FastifyInstance, ctx: Context): void {
  const announcements = new WeakMap<FastifyRequest, Announced[]>();
  // Bodies have been read by now: they arrive outside of what is collected.
  app.addHook('preHandler', (request, _reply, done) => {
    if (isRead(request)) {
      done();
      return;
    }
    const list: Announced[] = [];
    announcements.set(request, list);
    noteAnnounced(list, done);
  });
  app.addHook('onSend', (request, reply, _payload, done) => {
    const announced = announcements.get(request);
    const slug = announced && slugOf(request);
    if (slug !== undefined) {
      // What is refused may be under way still, as after a time-out: then the feed tells of it once it is committed.
      const events = reply.statusCode < REFUSED ? announced?.map(({ id }) => id) : undefined;
      ctx.cache.forget([{ slug, touched: touchedIn(request, announced ?? []), ...(events && { events }) }]);
    }
    done();
  });
}

const REFUSED = 400;

function slugOf(request: FastifyRequest): string | undefined {
  const { slug } = request.params as { slug?: string };
  if (slug !== undefined) return slug;
  // What is asked for nowhere has no caller.
  const caller = request.caller as typeof request.caller | undefined;
  if (caller?.type === 'GUEST') return caller.access.propertySlug;
  return caller?.type === 'AGENT' ? caller.access.slug : undefined;
}

const NEW_BOOKING = /\/bookings\/?$/;

/**
 * What guests and staff do touches what they announce by it; in doubt, and whatever others do, everything.
 *
 * A new booking is announced by the statement that makes it, so its nights are read from what was asked for.
 */
function touchedIn(request: FastifyRequest, announced: readonly Announced[]): PropertyChange['touched'] {
  if (NEW_BOOKING.test(request.routeOptions.url ?? '')) {
    const [asked, others] = [readPlace(request.body), touchedBy(announced)];
    return asked === null || others === 'EVERYTHING' ? 'EVERYTHING' : [asked, ...others];
  }
  const isKnown = request.caller.type === 'GUEST' || request.caller.type === 'STAFF';
  return isKnown && announced.length > 0 ? touchedBy(announced) : 'EVERYTHING';
}

/** The nights, or those in reach of the start, that a new booking's body asks for. */
function readPlace(body: unknown): Nights | null {
  const { checkIn, checkOut, startsAt } = (body ?? {}) as Record<string, unknown>;
  const [from, to, day] = [readDate(checkIn), readDate(checkOut), readDate(startsAt)];
  if (from !== null && to !== null) return { from, to };
  return day === null ? null : nightsInReach(day, day);
}

/** The date that a text begins with: that of a night, or of a start on whatever clock. */
function readDate(text: unknown): PlainDate | null {
  const date = typeof text === 'string' ? text.slice(0, 'YYYY-MM-DD'.length) : '';
  return isPlainDate(date) ? date : null;
}
