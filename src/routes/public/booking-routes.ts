import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { slug } from '../../http/contract/fields.ts';
import { limitPromoGuesses } from '../../http/limits/limit-promo-guesses.ts';
import { operation } from '../../http/contract/operation.ts';
import { contextOf } from '../../http/request-context.ts';
import { createBooking } from '../../services/new-booking/create-booking.ts';
import { createdBookingView, viewCreatedBooking } from '../views/booking/created-booking.ts';
import {
  assumeStay,
  exampleNewAppointment,
  exampleNewBooking,
  newAppointmentFields,
  newStayFields,
  toNewAppointmentBooking,
  toNewStayBooking,
} from '../fields/new-booking.ts';
import { BOOKING_ERRORS } from '../fields/booking-errors.ts';
import { checkNights } from '../fields/stay-fields.ts';

const create = operation({
  summary: 'Books a stay or an appointment, holding its nights or its time',
  description:
    'Answers 201 with the booking and the guest token. Where payment is needed first, its place is held until `expiresAt`. ' +
    'A 409 `sold_out` or `slot_taken` carries `reason`, `heldUntil` and `alternatives` that can be booked at once.',
  tag: 'Public',
  params: z.object({ slug }),
  body: z
    .discriminatedUnion('kind', [
      z.strictObject(newStayFields).superRefine(checkNights),
      z.strictObject(newAppointmentFields),
    ])
    .meta({ examples: [exampleNewBooking, exampleNewAppointment] }),
  answers: { 200: createdBookingView.describe('A dry run: nothing was written.'), 201: createdBookingView },
  errors: BOOKING_ERRORS,
  isIdempotent: true,
  booksByKind: true,
});

export const publicBookingRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    assumeStay(app);
    const tryPromo = limitPromoGuesses(app, ctx.config);
    app.post('/bookings', create, async (request, reply) => {
      const scoped = contextOf(ctx, request);
      const { body } = request;
      const wish = {
        ...(body.kind === 'STAY' ? toNewStayBooking(body) : toNewAppointmentBooking(body)),
        slug: request.params.slug,
        source: 'WEBSITE' as const,
        payment: 'LINK' as const,
        actor: { type: 'GUEST' as const, id: null, name: null },
      };
      const created = await tryPromo(request, wish.promoCode, () => createBooking(scoped, wish));
      reply.code(scoped.request.isDryRun ? 200 : 201);
      return viewCreatedBooking(scoped, created);
    });
  };
