import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Context } from '../../context.ts';
import { announceSuccessors, supersededBy } from '../../http/deprecation.ts';
import { operation } from '../../http/operation.ts';
import { contextOf } from '../../http/request-context.ts';
import { cancelBooking } from '../../services/decision/cancel-booking.ts';
import { rescheduleBooking } from '../../services/reschedule/reschedule-booking.ts';
import { RESCHEDULE_ERRORS } from '../fields/reschedule-fields.ts';
import { findCallersBooking } from './caller-booking.ts';
import { destinationOf, helloGorgeousCancellation, helloGorgeousMove } from './hello-gorgeous-fields.ts';
import { helloGorgeousView, viewHelloGorgeous } from './hello-gorgeous-view.ts';
import { said } from './hotelmate-fields.ts';

const answers = {
  200: helloGorgeousView,
  202: helloGorgeousView.describe('The gateway has not said yet how it ends; the booking is as it stands.'),
};

const cancel = supersededBy(
  '/api/v1/guest/booking/cancel',
  operation({
    summary: 'Cancels an appointment at the spa',
    description: 'For staff, who say which, and for its guest. One that is cancelled already is answered as it is.',
    tag: 'Hello Gorgeous',
    permission: 'bookings.cancel',
    capability: 'CHANGE',
    body: helloGorgeousCancellation,
    answers,
    errors: ['invalid_transition', 'payment_in_progress'],
    isIdempotent: true,
  }),
);

const reschedule = supersededBy(
  '/api/v1/guest/booking/reschedule',
  operation({
    summary: 'Moves an appointment at the spa to another time',
    description: 'For staff, who say which, and for its guest. When the new time is taken, nothing changes.',
    tag: 'Hello Gorgeous',
    permission: 'bookings.change',
    capability: 'CHANGE',
    body: helloGorgeousMove,
    answers,
    errors: RESCHEDULE_ERRORS,
    isIdempotent: true,
  }),
);

export const helloGorgeousChangeRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    announceSuccessors(app);

    app.post('/cancel', cancel, async (request, reply) => {
      const { bookingId, id, reason } = request.body;
      const target = await findCallersBooking(ctx, request, bookingId ?? id);
      const asked = { ...target, ifVersion: null, reason: said(reason) ?? null };
      const { booking, isPending } = await cancelBooking(contextOf(ctx, request), asked);
      reply.code(isPending ? 202 : 200);
      return viewHelloGorgeous(booking);
    });

    app.post('/reschedule', reschedule, async (request, reply) => {
      const { bookingId, id } = request.body;
      const target = await findCallersBooking(ctx, request, bookingId ?? id);
      const asked = { ...target, ifVersion: null, to: destinationOf(request.body) };
      const { booking, isPending } = await rescheduleBooking(contextOf(ctx, request), asked);
      reply.code(isPending ? 202 : 200);
      return viewHelloGorgeous(booking);
    });
  };
