import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import { slugOf } from '../../http/configured-property.ts';
import { announceSuccessors, supersededBy } from '../../http/contract/deprecation.ts';
import { plainDate } from '../../http/contract/fields.ts';
import { operation } from '../../http/contract/operation.ts';
import { contextOf } from '../../http/request-context.ts';
import { listOpenSlots } from '../../services/slots/list-open-slots.ts';
import {
  exampleHelloGorgeousSlots,
  helloGorgeousSlotsView,
  viewHelloGorgeousSlots,
} from './hello-gorgeous/hello-gorgeous-view.ts';
import { exampleHibachiSlots, hibachiSlotsView, viewHibachiSlots } from './hibachi/hibachi-view.ts';
import { firstServiceOf } from './first-service.ts';
import { orEmpty, said } from './hotelmate/hotelmate-fields.ts';
import { looseCode } from './start-fields.ts';

const search = supersededBy(
  '/api/v1/public/properties/:slug/slots',
  operation({
    summary: 'The starts of a day that can be booked',
    description:
      'Two systems had this path: with `service` or `provider` it is Hello Gorgeous’s, which needs the service; without ' +
      'them it is My Hibachi’s.',
    tag: 'Hello Gorgeous',
    query: z.strictObject({
      date: plainDate,
      service: orEmpty(looseCode),
      provider: orEmpty(looseCode),
      station_id: orEmpty(looseCode).describe('My Hibachi’s.'),
    }),
    answers: {
      200: z
        .union([helloGorgeousSlotsView, hibachiSlotsView])
        .meta({ examples: [exampleHelloGorgeousSlots, exampleHibachiSlots] }),
    },
    errors: ['not_found'],
  }),
);

/** Whose path it is, by what is asked. */
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

    app.get('/availability', search, async (request) => {
      const { date } = request.query;
      const scoped = contextOf(ctx, request);
      const asked = { slug: slugOf(request), from: date, to: date };
      if (!isHelloGorgeous(request)) {
        const provider = said(request.query.station_id) ?? null;
        const service = await firstServiceOf(scoped, asked.slug);
        return viewHibachiSlots(date, await listOpenSlots(scoped, { ...asked, service, provider }));
      }
      const service = said(request.query.service);
      if (service === undefined) {
        throw new AppError('validation_failed', { errors: [{ path: 'service', message: 'is needed' }] });
      }
      const provider = said(request.query.provider) ?? null;
      return viewHelloGorgeousSlots({ date, service }, await listOpenSlots(scoped, { ...asked, service, provider }));
    });
  };
