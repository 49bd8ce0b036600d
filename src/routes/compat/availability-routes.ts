import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import { nightsInReach } from '../../domain/feed/property-change.ts';
import { slugOf } from '../../http/access/configured-property.ts';
import { announceSuccessors, supersededBy } from '../../http/contract/deprecation.ts';
import { plainDate } from '../../http/contract/fields.ts';
import { chargeDays } from '../../http/limits/limits.ts';
import { sendCached } from '../../http/response-cache/cached-responses.ts';
import { operation } from '../../http/contract/operation.ts';
import { listOpenSlots } from '../../services/stock/time/list-open-slots.ts';
import {
  exampleHelloGorgeousSlots,
  helloGorgeousSlotsView,
  viewHelloGorgeousSlots,
} from './hello-gorgeous/hello-gorgeous-view.ts';
import { exampleHibachiSlots, hibachiSlotsView, viewHibachiSlots } from './hibachi/hibachi-view.ts';
import { firstServiceOf } from './fields/first-service.ts';
import { orEmpty, emptyToUndefined } from './hotelmate/hotelmate-fields.ts';
import { looseCode } from './fields/start-fields.ts';

const search = supersededBy(
  '/api/v1/public/properties/:slug/slots',
  operation({
    id: 'helloGorgeousListSlots',
    summary: 'Lists the bookable starts of a day',
    description:
      'Two systems shared this path. A query with `service` or `provider` gets the Hello Gorgeous response and needs ' +
      '`service`; any other query gets the My Hibachi response.',
    tag: 'Hello Gorgeous',
    query: z.strictObject({
      date: plainDate,
      service: orEmpty(looseCode),
      provider: orEmpty(looseCode),
      station_id: orEmpty(looseCode).describe('The station, for My Hibachi.'),
    }),
    answers: {
      200: z
        .union([helloGorgeousSlotsView, hibachiSlotsView])
        .meta({ examples: [exampleHelloGorgeousSlots, exampleHibachiSlots] }),
    },
    errors: ['not_found'],
  }),
);

/** Returns the configured property of the system that the query belongs to. */
export function slugOfAvailability(config: Context['config'], request: FastifyRequest): string | undefined {
  return isHelloGorgeous(request) ? config.COMPAT_HG_SLUG : config.COMPAT_HB_SLUG;
}

function isHelloGorgeous(request: FastifyRequest): boolean {
  const query = request.query as Readonly<Record<string, unknown>>;
  return 'service' in query || 'provider' in query;
}

export const compatAvailabilityRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    announceSuccessors(app);

    app.get('/availability', search, async (request, reply) => {
      const { date } = request.query;
      const scoped = request.ctx;
      const query = { slug: slugOf(request), from: date, to: date };
      await chargeDays(request, reply, ctx.config, query);
      const nights = nightsInReach(date, date);
      if (!isHelloGorgeous(request)) {
        const provider = emptyToUndefined(request.query.station_id) ?? null;
        return sendCached(ctx, { request, reply, slug: query.slug, nights }, async () => {
          const service = await firstServiceOf(scoped, query.slug);
          return viewHibachiSlots(date, await listOpenSlots(scoped, { ...query, service, provider }));
        });
      }
      const service = emptyToUndefined(request.query.service);
      if (service === undefined) {
        throw new AppError('validation_failed', { errors: [{ path: 'service', message: 'is required' }] });
      }
      const provider = emptyToUndefined(request.query.provider) ?? null;
      return sendCached(ctx, { request, reply, slug: query.slug, nights }, async () =>
        viewHelloGorgeousSlots({ date, service }, await listOpenSlots(scoped, { ...query, service, provider })),
      );
    });
  };
