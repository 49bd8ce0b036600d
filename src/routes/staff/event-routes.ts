import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import { staffOf } from '../../http/access/caller.ts';
import { slug } from '../../http/contract/fields.ts';
import { limitStreams } from '../../http/limits/limit-streams.ts';
import { operation } from '../../http/contract/operation.ts';
import { openStream } from '../../http/contract/server-sent-events.ts';
import { listEvents } from '../../services/core/feed/list-events.ts';
import { streamEvents } from '../../services/core/feed/stream-events.ts';
import { eventView } from '../shapes/views/event.ts';

const params = z.object({ slug });
const position = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const example = (eventView.meta()?.['examples'] as unknown[])[0];

const list = operation({
  id: 'listEvents',
  summary: 'Lists events in order',
  description: 'Fills the gap after a lost connection: send the `seq` of the last received event.',
  tag: 'Staff: events',
  permission: 'events.read',
  params,
  query: z.strictObject({
    after: position.default(0).describe('The `seq` of the last received event.'),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  answers: {
    200: z
      .object({ items: z.array(eventView), nextAfter: z.int().describe('The value of `after` for the next request.') })
      .meta({ examples: [{ items: [example], nextAfter: 17 }] }),
  },
});

const stream = operation({
  id: 'streamEvents',
  summary: 'Streams events',
  description:
    'Server-sent events: `id` is `seq`, `event` is the type, `data` is the event as in the list. Resumes after ' +
    '`Last-Event-ID` or `after`; otherwise starts with the next event. The stream ends after 15 minutes and the client ' +
    'reconnects, as browsers do.',
  tag: 'Staff: events',
  permission: 'events.read',
  params,
  query: z.strictObject({ after: position.optional() }),
  answers: { 200: z.string().meta({ examples: ['id: 17\nevent: booking_approved\ndata: {…}\n\n'] }) },
  isStream: true,
});

export const staffEventRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/events', list, async (request) => {
      const { propertyId } = staffOf(request);
      const { after, limit } = request.query;
      const items = await listEvents(request.ctx, { propertyId, after, limit });
      return { items, nextAfter: items.at(-1)?.seq ?? after };
    });

    const countStream = limitStreams(ctx.config);
    app.get('/events/stream', stream, async (request, reply) => {
      const { user, propertyId, slug: property } = staffOf(request);
      const after = readLastEventId(request.headers['last-event-id']) ?? request.query.after ?? null;
      countStream(reply, { userId: user.id, propertyId });
      openStream(request, reply, async function* (signal) {
        for await (const events of streamEvents(ctx, { propertyId, slug: property, after, signal })) {
          yield events.map((event) => ({ id: String(event.seq), event: event.type, data: JSON.stringify(event) }));
        }
      });
      return reply;
    });
  };

function readLastEventId(header: string | string[] | undefined): number | null {
  if (header === undefined || header === '') return null;
  const parsed = position.safeParse(header);
  if (parsed.success) return parsed.data;
  throw new AppError('validation_failed', {
    errors: [{ path: 'Last-Event-ID', message: 'must be the seq of an event' }],
  });
}
