import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../../context.ts';
import { addDays, countDays } from '../../../domain/time/calendar.ts';
import { AppError } from '../../../errors.ts';
import { slugOf } from '../../../http/configured-property.ts';
import { announceSuccessors, supersededBy } from '../../../http/contract/deprecation.ts';
import { plainDate } from '../../../http/contract/fields.ts';
import { operation } from '../../../http/contract/operation.ts';
import { contextOf } from '../../../http/request-context.ts';
import { listBookedDays } from '../../../services/slots/list-booked-days.ts';
import { listOpenSlots } from '../../../services/slots/list-open-slots.ts';
import { listCustomerIds } from '../../../services/booking/list/list-customer-ids.ts';
import { createAppointmentBooking } from '../../../services/new-booking/create-appointment-booking.ts';
import { getPublicProperty } from '../../../services/property/get-public-property.ts';
import { getToday } from '../../../services/property/get-today.ts';
import { viewCreatedBooking } from '../../views/booking/created-booking.ts';
import { firstServiceOf } from '../first-service.ts';
import { APPOINTMENT_ERRORS } from '../../fields/booking-errors.ts';
import { hibachiBooking, toPartyOf } from './hibachi-fields.ts';
import {
  exampleHibachiSlots,
  hibachiCreatedView,
  hibachiSlotsView,
  viewHibachi,
  viewHibachiSlots,
} from './hibachi-view.ts';
import { orEmpty, said } from '../hotelmate/hotelmate-fields.ts';
import { looseCode } from '../start-fields.ts';

const CANONICAL = '/api/v1/public/properties/:slug';
const MAX_DAYS = 370;
/** As far as booked dates are looked up when nobody says how far. */
const USUAL_DAYS = 60;

const create = supersededBy(
  `${CANONICAL}/bookings`,
  operation({
    summary: 'Books a party at the guest’s address, holding a station',
    description:
      'Answers 201 with the booking and the guest token. Who books is `name`, `email` and `phone`, or `customer` with the ' +
      'same members. A 409 `slot_taken` carries alternatives as on the canonical path.',
    tag: 'My Hibachi',
    body: hibachiBooking,
    answers: { 200: hibachiCreatedView.describe('A dry run: nothing was written.'), 201: hibachiCreatedView },
    errors: APPOINTMENT_ERRORS,
    isIdempotent: true,
  }),
);

const search = supersededBy(
  `${CANONICAL}/slots`,
  operation({
    summary: 'The slots of a day that can be booked, with the stations that are free',
    tag: 'My Hibachi',
    query: z.strictObject({ date: plainDate, station_id: orEmpty(looseCode) }),
    answers: { 200: hibachiSlotsView.meta({ examples: [exampleHibachiSlots] }) },
    errors: ['not_found'],
  }),
);

const bookedDates = supersededBy(
  `${CANONICAL}/booked-dates`,
  operation({
    summary: 'Dates on which no station is left',
    tag: 'My Hibachi',
    query: z.strictObject({
      from: plainDate.optional().describe('Today, when it is left out.'),
      to: plainDate.optional().describe('Included; sixty days on, when it is left out.'),
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

    // Its first site knows the second path.
    for (const url of ['/v1/bookings', '/book']) {
      app.post(url, create, async (request, reply) => {
        const scoped = contextOf(ctx, request);
        const slug = slugOf(request);
        const service = said(request.body.service) ?? (await firstServiceOf(scoped, slug));
        const result = await createAppointmentBooking(scoped, {
          ...toPartyOf(request.body, service),
          ...{ slug, source: 'COMPAT', payment: 'LINK' },
          actor: { type: 'GUEST', id: null, name: null },
        });
        reply.code(scoped.request.isDryRun ? 200 : 201);
        const { id } = result.booking;
        const customerIds = await listCustomerIds(scoped, [id]);
        const { booking, guestToken, manageUrl } = viewCreatedBooking(scoped, result);
        return {
          ...viewHibachi(result.booking, customerIds.get(id) ?? null),
          ...{ code: booking.code, guest_token: guestToken, manage_url: manageUrl },
        };
      });
    }

    app.get('/v1/bookings/availability', search, async (request) => {
      const { date, station_id: station } = request.query;
      const scoped = contextOf(ctx, request);
      const slug = slugOf(request);
      const service = await firstServiceOf(scoped, slug);
      const asked = { slug, service, from: date, to: date, provider: said(station) ?? null };
      return viewHibachiSlots(date, await listOpenSlots(scoped, asked));
    });

    app.get('/v1/bookings/booked-dates', bookedDates, async (request) => {
      const scoped = contextOf(ctx, request);
      const slug = slugOf(request);
      const { id } = await getPublicProperty(scoped, slug);
      const from = request.query.from ?? (await getToday(scoped, id));
      const to = request.query.to ?? addDays(from, USUAL_DAYS);
      const days = countDays(from, to);
      if (days < 0 || days >= MAX_DAYS) {
        const message = `must not be before from, and the range at most ${String(MAX_DAYS)} days`;
        throw new AppError('validation_failed', { errors: [{ path: 'to', message }] });
      }
      const service = await firstServiceOf(scoped, slug);
      return { booked_dates: await listBookedDays(scoped, { slug, service, from, to }) };
    });
  };
