import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Context } from '../../../context.ts';
import { slugOf } from '../../../http/access/configured-property.ts';
import { announceSuccessors, supersededBy } from '../../../http/contract/deprecation.ts';
import { operation } from '../../../http/contract/operation.ts';
import { createBooking } from '../../../services/selling/new-booking/create-booking.ts';
import { APPOINTMENT_ERRORS } from '../../shapes/fields/booking-errors.ts';
import { viewCreatedBooking } from '../../shapes/views/booking/created-booking.ts';
import { helloGorgeousBooking, toAppointmentOf } from './hello-gorgeous-fields.ts';
import { helloGorgeousCreatedView, viewHelloGorgeous } from './hello-gorgeous-view.ts';

const create = supersededBy(
  '/api/v1/public/properties/:slug/bookings',
  operation({
    id: 'helloGorgeousCreateBooking',
    summary: 'Creates an appointment at the spa',
    description:
      'Send `service` or `serviceSlug`, `provider` or `providerId`, and `date` with `time` or `startsAt`; sending both ' +
      'members of a pair is an error. A 409 `slot_taken` carries alternatives as on the canonical path.',
    tag: 'Hello Gorgeous',
    body: helloGorgeousBooking,
    answers: {
      200: helloGorgeousCreatedView.describe('Dry run: nothing was written.'),
      201: helloGorgeousCreatedView,
    },
    errors: APPOINTMENT_ERRORS,
    isIdempotent: true,
  }),
);

export const helloGorgeousCreateRoutes =
  (_ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    announceSuccessors(app);

    app.post('/create', create, async (request, reply) => {
      const scoped = request.ctx;
      const result = await createBooking(scoped, {
        ...toAppointmentOf(request.body),
        slug: slugOf(request),
        source: 'COMPAT',
        payment: 'LINK',
      });
      reply.code(scoped.request.isDryRun ? 200 : 201);
      const { booking, guestToken, manageUrl } = viewCreatedBooking(scoped, result);
      const { success, booking: view } = viewHelloGorgeous(result.booking);
      return { success, booking: { ...view, id: booking.code }, guest_token: guestToken, manage_url: manageUrl };
    });
  };
