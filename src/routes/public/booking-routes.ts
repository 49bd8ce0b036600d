import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { slug } from '../../http/fields.ts';
import { operation } from '../../http/operation.ts';
import { contextOf } from '../../http/request-context.ts';
import { createStayBooking } from '../../services/new-booking/create-stay-booking.ts';
import { createdBookingView, viewCreatedBooking } from '../views/created-booking.ts';
import { exampleNewBooking, newBookingFields, toNewStayBooking } from '../fields/new-booking.ts';
import { checkNights } from '../fields/stay-fields.ts';

const create = operation({
  summary: 'Books a stay, holding its nights',
  description:
    'Answers 201 with the booking and the guest token. Where payment is needed first, the nights are held until `expiresAt`. ' +
    'A 409 `sold_out` carries `reason`, `heldUntil` and `alternatives` that can be booked at once.',
  tag: 'Public',
  params: z.object({ slug }),
  body: z
    .strictObject(newBookingFields)
    .superRefine(checkNights)
    .meta({ examples: [exampleNewBooking] }),
  answers: { 200: createdBookingView.describe('A dry run: nothing was written.'), 201: createdBookingView },
  errors: [
    'not_found',
    'sold_out',
    'past_time',
    'beyond_booking_window',
    'notice_too_short',
    'occupancy_exceeded',
    'closed',
    'min_stay',
    'promo_invalid',
  ],
  isIdempotent: true,
});

export const publicBookingRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.post('/bookings', create, async (request, reply) => {
      const scoped = contextOf(ctx, request);
      const created = await createStayBooking(scoped, {
        ...toNewStayBooking(request.body),
        slug: request.params.slug,
        source: 'WEBSITE',
        payment: 'LINK',
        actor: { type: 'GUEST', id: null, name: null },
      });
      reply.code(scoped.request.isDryRun ? 200 : 201);
      return viewCreatedBooking(scoped, created);
    });
  };
