import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Context } from '../../../context.ts';
import type { BookingSnapshot } from '../../../domain/booking/booking.ts';
import { announceSuccessors, supersededBy } from '../../../http/contract/deprecation.ts';
import { operation } from '../../../http/contract/operation.ts';
import { cancelBooking } from '../../../services/desk/decision/cancel-booking.ts';
import { rescheduleBooking } from '../../../services/desk/reschedule/reschedule-booking.ts';
import { RESCHEDULE_ERRORS } from '../../shapes/fields/reschedule-fields.ts';
import { findAppointmentToChange } from '../appointment-to-change.ts';
import { destinationOf, helloGorgeousCancellation, helloGorgeousMove } from './hello-gorgeous-fields.ts';
import { helloGorgeousView, viewHelloGorgeous, viewHelloGorgeousForAgent } from './hello-gorgeous-view.ts';
import { emptyToUndefined } from '../hotelmate/hotelmate-fields.ts';

const CALLERS =
  'Guests change their own appointment. Staff name the booking. Agents name the booking and identify its guest.';

const answers = {
  200: helloGorgeousView,
  202: helloGorgeousView.describe('The payment gateway has not confirmed the outcome yet; the booking is unchanged.'),
};

const cancel = supersededBy(
  '/api/v1/guest/booking/cancel',
  operation({
    id: 'helloGorgeousCancelBooking',
    summary: 'Cancels an appointment at the spa',
    description: `${CALLERS} An appointment that is already cancelled is returned unchanged.`,
    tag: 'Hello Gorgeous',
    permission: 'bookings.cancel',
    capability: 'CHANGE',
    body: helloGorgeousCancellation,
    answers,
    errors: ['invalid_transition', 'too_late', 'payment_in_progress'],
    isIdempotent: true,
  }),
);

const reschedule = supersededBy(
  '/api/v1/guest/booking/reschedule',
  operation({
    id: 'helloGorgeousRescheduleBooking',
    summary: 'Moves an appointment at the spa to another time',
    description: `${CALLERS} Nothing changes when the new time is taken.`,
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
      const target = await findAppointmentToChange(ctx, request, request.body);
      const input = { ...target, ifVersion: null, reason: emptyToUndefined(request.body.reason) ?? null };
      const { booking, isPending } = await cancelBooking(request.ctx, input);
      reply.code(isPending ? 202 : 200);
      return viewFor(request, booking);
    });

    app.post('/reschedule', reschedule, async (request, reply) => {
      const target = await findAppointmentToChange(ctx, request, request.body);
      const input = {
        ...target,
        ifVersion: null,
        to: { kind: 'APPOINTMENT', ...destinationOf(request.body) },
      } as const;
      const { booking, isPending } = await rescheduleBooking(request.ctx, input);
      reply.code(isPending ? 202 : 200);
      return viewFor(request, booking);
    });
  };

function viewFor({ caller }: FastifyRequest, booking: BookingSnapshot) {
  return caller.type === 'AGENT' ? viewHelloGorgeousForAgent(booking) : viewHelloGorgeous(booking);
}
