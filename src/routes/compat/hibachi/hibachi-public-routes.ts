import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../../context.ts';
import { addDays, countDays } from '../../../domain/time/calendar.ts';
import { AppError } from '../../../errors.ts';
import { nightsInReach } from '../../../domain/feed/property-change.ts';
import { slugOf } from '../../../http/access/configured-property.ts';
import { announceSuccessors, supersededBy } from '../../../http/contract/deprecation.ts';
import { plainDate } from '../../../http/contract/fields.ts';
import { operation, withOperationId } from '../../../http/contract/operation.ts';
import { chargeDays } from '../../../http/limits/limits.ts';
import { sendCached } from '../../../http/response-cache/cached-responses.ts';
import { listBookedDays } from '../../../services/stock/time/list-booked-days.ts';
import { listOpenSlots } from '../../../services/stock/time/list-open-slots.ts';
import { listCustomerIds } from '../../../services/desk/list/list-customer-ids.ts';
import { createBooking } from '../../../services/selling/new-booking/create-booking.ts';
import { getPublicProperty } from '../../../services/catalogue/property/get-public-property.ts';
import { getToday } from '../../../services/catalogue/property/get-today.ts';
import { viewCreatedBooking } from '../../shapes/views/booking/created-booking.ts';
import { firstServiceOf } from '../fields/first-service.ts';
import { APPOINTMENT_ERRORS } from '../../shapes/fields/booking-errors.ts';
import { hibachiBooking, toPartyOf } from './hibachi-fields.ts';
import {
  exampleHibachiSlots,
  hibachiCreatedView,
  hibachiSlotsView,
  viewHibachi,
  viewHibachiSlots,
} from './hibachi-view.ts';
import { orEmpty, emptyToUndefined } from '../hotelmate/hotelmate-fields.ts';
import { looseCode } from '../fields/start-fields.ts';

const CANONICAL = '/api/v1/public/properties/:slug';
/** As for the days of a service on the canonical path. */
const MAX_DAYS = 62;
/** Range of booked dates when the query has no end, as in My Hibachi. */
const DEFAULT_DAYS = 60;

const create = supersededBy(
  `${CANONICAL}/bookings`,
  operation({
    id: 'hibachiCreateBooking',
    summary: 'Creates a party at the guest’s address and holds a station',
    description:
      'Responds 201 with the booking and the guest token. The customer is given as `name`, `email` and `phone`, or as ' +
      '`customer` with these members. A 409 `slot_taken` carries alternatives as on the canonical path.',
    tag: 'My Hibachi',
    body: hibachiBooking,
    answers: { 200: hibachiCreatedView.describe('Dry run: nothing was written.'), 201: hibachiCreatedView },
    errors: APPOINTMENT_ERRORS,
    isIdempotent: true,
  }),
);

const search = supersededBy(
  `${CANONICAL}/slots`,
  operation({
    id: 'hibachiListSlots',
    summary: 'Lists the bookable slots of a day with the free stations',
    tag: 'My Hibachi',
    query: z.strictObject({ date: plainDate, station_id: orEmpty(looseCode) }),
    answers: { 200: hibachiSlotsView.meta({ examples: [exampleHibachiSlots] }) },
    errors: ['not_found'],
  }),
);

const bookedDates = supersededBy(
  `${CANONICAL}/booked-dates`,
  operation({
    id: 'hibachiListBookedDates',
    summary: 'Lists the dates on which no station is free',
    tag: 'My Hibachi',
    query: z.strictObject({
      from: plainDate.optional().describe('Today by default.'),
      to: plainDate.optional().describe('Inclusive; 60 days after `from` by default.'),
    }),
    answers: {
      200: z.object({ booked_dates: z.array(z.string()) }).meta({ examples: [{ booked_dates: ['2027-05-14'] }] }),
    },
    errors: ['not_found'],
  }),
);

export const hibachiPublicRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    announceSuccessors(app);

    // My Hibachi's first website uses the second path.
    for (const [url, id] of [
      ['/v1/bookings', 'hibachiCreateBooking'],
      ['/book', 'hibachiCreateBookingAlias'],
    ] as const) {
      app.post(url, withOperationId(create, id), async (request, reply) => {
        const scoped = request.ctx;
        const slug = slugOf(request);
        const service = emptyToUndefined(request.body.service) ?? (await firstServiceOf(scoped, slug));
        const result = await createBooking(scoped, {
          ...toPartyOf(request.body, service),
          slug,
          source: 'COMPAT',
          payment: 'LINK',
        });
        reply.code(scoped.request.isDryRun ? 200 : 201);
        const { id } = result.booking;
        const customerIds = await listCustomerIds(scoped, [id]);
        const { booking, guestToken, manageUrl } = viewCreatedBooking(scoped, result);
        return {
          ...viewHibachi(result.booking, customerIds.get(id) ?? null),
          code: booking.code,
          guest_token: guestToken,
          manage_url: manageUrl,
        };
      });
    }

    app.get('/v1/bookings/availability', search, async (request, reply) => {
      const { date, station_id: station } = request.query;
      const scoped = request.ctx;
      const slug = slugOf(request);
      await chargeDays(request, reply, ctx.config, { from: date, to: date });
      return sendCached(ctx, { request, reply, slug, nights: nightsInReach(date, date) }, async () => {
        const service = await firstServiceOf(scoped, slug);
        const query = { slug, service, from: date, to: date, provider: emptyToUndefined(station) ?? null };
        return viewHibachiSlots(date, await listOpenSlots(scoped, query));
      });
    });

    app.get('/v1/bookings/booked-dates', bookedDates, async (request, reply) => {
      const scoped = request.ctx;
      const slug = slugOf(request);
      const { id } = await getPublicProperty(scoped, slug);
      const from = request.query.from ?? (await getToday(scoped, id));
      const to = request.query.to ?? addDays(from, DEFAULT_DAYS);
      const days = countDays(from, to);
      if (days < 0 || days >= MAX_DAYS) {
        const message = `must not be before from, and the range at most ${String(MAX_DAYS)} days`;
        throw new AppError('validation_failed', { errors: [{ path: 'to', message }] });
      }
      await chargeDays(request, reply, ctx.config, { from, to });
      return sendCached(ctx, { request, reply, slug, nights: nightsInReach(from, to) }, async () => {
        const service = await firstServiceOf(scoped, slug);
        return { booked_dates: await listBookedDays(scoped, { slug, service, from, to }) };
      });
    });
  };
