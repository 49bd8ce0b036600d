import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Context } from '../../../context.ts';
import { slugOf } from '../../../http/configured-property.ts';
import { announceSuccessors, supersededBy } from '../../../http/contract/deprecation.ts';
import { operation } from '../../../http/contract/operation.ts';
import { contextOf } from '../../../http/request-context.ts';
import { createAppointmentBooking } from '../../../services/new-booking/create-appointment-booking.ts';
import { APPOINTMENT_ERRORS } from '../../fields/booking-errors.ts';
import { viewCreatedBooking } from '../../views/booking/created-booking.ts';
import { helloGorgeousBooking, toAppointmentOf } from './hello-gorgeous-fields.ts';
import { helloGorgeousCreatedView, viewHelloGorgeous } from './hello-gorgeous-view.ts';

const create = supersededBy(
  '/api/v1/public/properties/:slug/bookings',
  operation({
    summary: 'Books an appointment at the spa',
    description:
      'The service is `service` or `serviceSlug`, the provider `provider` or `providerId`, the time `date` with `time` or ' +
      '`startsAt`: saying one of them twice is refused. A 409 `slot_taken` carries alternatives as on the canonical path.',
    tag: 'Hello Gorgeous',
    body: helloGorgeousBooking,
    answers: {
      200: helloGorgeousCreatedView.describe('A dry run: nothing was written.'),
      201: helloGorgeousCreatedView,
    },
    errors: APPOINTMENT_ERRORS,
    isIdempotent: true,
  }),
);

export const helloGorgeousCreateRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    announceSuccessors(app);

    app.post('/create', create, async (request, reply) => {
      const scoped = contextOf(ctx, request);
      const result = await createAppointmentBooking(scoped, {
        ...toAppointmentOf(request.body),
        slug: slugOf(request),
        source: 'COMPAT',
        payment: 'LINK',
        actor: { type: 'GUEST', id: null, name: null },
      });
      reply.code(scoped.request.isDryRun ? 200 : 201);
      const { booking, guestToken, manageUrl } = viewCreatedBooking(scoped, result);
      const { success, booking: view } = viewHelloGorgeous(result.booking);
      return { success, booking: { ...view, id: booking.code }, guest_token: guestToken, manage_url: manageUrl };
    });
  };
