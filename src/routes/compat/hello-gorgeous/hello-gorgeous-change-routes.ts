import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Context } from '../../../context.ts';
import type { BookingSnapshot } from '../../../domain/booking.ts';
import { announceSuccessors, supersededBy } from '../../../http/contract/deprecation.ts';
import { limitAgents } from '../../../http/limits/limits.ts';
import { operation } from '../../../http/contract/operation.ts';
import { contextOf } from '../../../http/request-context.ts';
import { cancelBooking } from '../../../services/decision/cancel-booking.ts';
import { rescheduleBooking } from '../../../services/reschedule/reschedule-booking.ts';
import { RESCHEDULE_ERRORS } from '../../fields/reschedule-fields.ts';
import { findAppointmentToChange } from '../appointment-to-change.ts';
import { destinationOf, helloGorgeousCancellation, helloGorgeousMove } from './hello-gorgeous-fields.ts';
import { helloGorgeousView, viewHelloGorgeous, viewHelloGorgeousForAgent } from './hello-gorgeous-view.ts';
import { said } from '../hotelmate/hotelmate-fields.ts';

const CALLERS = 'For its guest, for staff, who say which, and for agents, who say which and whose.';

const answers = {
  200: helloGorgeousView,
  202: helloGorgeousView.describe('The gateway has not said yet how it ends; the booking is as it stands.'),
};

const cancel = supersededBy(
  '/api/v1/guest/booking/cancel',
  operation({
    summary: 'Cancels an appointment at the spa',
    description: `${CALLERS} One that is cancelled already is answered as it is.`,
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
    description: `${CALLERS} When the new time is taken, nothing changes.`,
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
    limitAgents(app, ctx.config);

    app.post('/cancel', cancel, async (request, reply) => {
      const target = await findAppointmentToChange(ctx, request, request.body);
      const asked = { ...target, ifVersion: null, reason: said(request.body.reason) ?? null };
      const { booking, isPending } = await cancelBooking(contextOf(ctx, request), asked);
      reply.code(isPending ? 202 : 200);
      return viewFor(request, booking);
    });

    app.post('/reschedule', reschedule, async (request, reply) => {
      const target = await findAppointmentToChange(ctx, request, request.body);
      const asked = { ...target, ifVersion: null, to: destinationOf(request.body) };
      const { booking, isPending } = await rescheduleBooking(contextOf(ctx, request), asked);
      reply.code(isPending ? 202 : 200);
      return viewFor(request, booking);
    });
  };

function viewFor({ caller }: FastifyRequest, booking: BookingSnapshot) {
  return caller.type === 'AGENT' ? viewHelloGorgeousForAgent(booking) : viewHelloGorgeous(booking);
}
