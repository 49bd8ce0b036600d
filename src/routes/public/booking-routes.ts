import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { slug } from '../../http/contract/fields.ts';
import { limitPromoGuesses } from '../../http/limits/limit-promo-guesses.ts';
import { operation } from '../../http/contract/operation.ts';
import { createBooking } from '../../services/selling/new-booking/create-booking.ts';
import { createdBookingView, viewCreatedBooking } from '../shapes/views/booking/created-booking.ts';
import {
  assumeStay,
  exampleNewAppointment,
  exampleNewBooking,
  newAppointmentFields,
  newStayFields,
  toNewAppointmentBooking,
  toNewStayBooking,
} from '../shapes/fields/new-booking.ts';
import { BOOKING_ERRORS } from '../shapes/fields/booking-errors.ts';
import { checkNights } from '../shapes/fields/stay-fields.ts';

const create = operation({
  id: 'createBooking',
  summary: 'Creates a booking of a stay or an appointment and holds its nights or time',
  description:
    'Responds 201 with the booking and the guest token. When payment is due first, the booking is held until `expiresAt`. ' +
    'A 409 `sold_out` or `slot_taken` carries `reason`, `heldUntil` and bookable `alternatives`.',
  tag: 'Public',
  params: z.object({ slug }),
  body: z
    .discriminatedUnion('kind', [
      z.strictObject(newStayFields).superRefine(checkNights),
      z.strictObject(newAppointmentFields),
    ])
    .meta({ examples: [exampleNewBooking, exampleNewAppointment] }),
  answers: { 200: createdBookingView.describe('Dry run: nothing was written.'), 201: createdBookingView },
  errors: BOOKING_ERRORS,
  isIdempotent: true,
  booksByKind: true,
});

export const publicBookingRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    assumeStay(app);
    const tryPromo = limitPromoGuesses(ctx.config);
    app.post('/bookings', create, async (request, reply) => {
      const scoped = request.ctx;
      const { body } = request;
      const input = {
        ...(body.kind === 'STAY' ? toNewStayBooking(body) : toNewAppointmentBooking(body)),
        slug: request.params.slug,
        source: 'WEBSITE' as const,
        payment: 'LINK' as const,
      };
      const created = await tryPromo(request, input.promoCode, () => createBooking(scoped, input));
      reply.code(scoped.request.isDryRun ? 200 : 201);
      return viewCreatedBooking(scoped, created);
    });
  };
