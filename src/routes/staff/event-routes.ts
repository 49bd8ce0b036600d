import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import { staffOf } from '../../http/caller.ts';
import { slug } from '../../http/contract/fields.ts';
import { operation } from '../../http/contract/operation.ts';
import { contextOf } from '../../http/request-context.ts';
import { openStream } from '../../http/server-sent-events.ts';
import { listEvents } from '../../services/feed/list-events.ts';
import { streamEvents } from '../../services/feed/stream-events.ts';
import { eventView } from '../views/event.ts';

const params = z.object({ slug });
const place = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const example = (eventView.meta()?.['examples'] as unknown[])[0];

const list = operation({
  summary: 'What has happened, in order',
  description: 'Fills the gap after a lost connection: ask with the `seq` of the last event you have.',
  tag: 'Staff: events',
  permission: 'events.read',
  params,
  query: z.strictObject({
    after: place.default(0).describe('The `seq` of the last event you have.'),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  answers: {
    200: z
      .object({ items: z.array(eventView), nextAfter: z.int().describe('What to ask with next.') })
      .meta({ examples: [{ items: [example], nextAfter: 17 }] }),
  },
});

const stream = operation({
  summary: 'What happens, as it happens',
  description:
    'Server-sent events: `id` is `seq`, `event` the type, `data` the event as the list has it. Goes on after ' +
    '`Last-Event-ID` or `after`; without either it begins with what happens next. Ends after a quarter of an hour, when ' +
    'the client, as browsers do, connects again.',
  tag: 'Staff: events',
  permission: 'events.read',
  params,
  query: z.strictObject({ after: place.optional() }),
  answers: { 200: z.string().meta({ examples: ['id: 17\nevent: booking_approved\ndata: {…}\n\n'] }) },
  isStream: true,
});

export const staffEventRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/events', list, async (request) => {
      const { propertyId } = staffOf(request);
      const { after, limit } = request.query;
      const items = await listEvents(contextOf(ctx, request), { propertyId, after, limit });
      return { items, nextAfter: items.at(-1)?.seq ?? after };
    });

    app.get('/events/stream', stream, async (request, reply) => {
      const { propertyId, slug: property } = staffOf(request);
      const after = readLastEventId(request.headers['last-event-id']) ?? request.query.after ?? null;
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
  const parsed = place.safeParse(header);
  if (parsed.success) return parsed.data;
  throw new AppError('validation_failed', { errors: [{ path: 'Last-Event-ID', message: 'must be a seq' }] });
}
