import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { guestOf } from '../../http/caller.ts';
import { text } from '../../http/fields.ts';
import { operation } from '../../http/operation.ts';
import { contextOf } from '../../http/request-context.ts';
import { cancelBooking } from '../../services/decision/cancel-booking.ts';
import { getBooking } from '../../services/booking/get-booking.ts';
import { bookingView, viewBooking } from '../views/booking.ts';

const get = operation({
  summary: 'The booking behind the link, with the countdown of its hold',
  tag: 'Guest',
  capability: 'VIEW',
  answers: { 200: bookingView },
});

const cancel = operation({
  summary: 'Cancels the booking',
  description: 'One that is cancelled already is answered as it is.',
  tag: 'Guest',
  capability: 'CHANGE',
  body: z.strictObject({ reason: text(500).optional() }).meta({ examples: [{ reason: 'Plans changed' }] }),
  answers: { 200: bookingView },
  errors: ['invalid_transition'],
  isIdempotent: true,
});

export const guestBookingRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/booking', get, async (request) => {
      const { propertyId, bookingCode: code } = guestOf(request);
      return viewBooking(await getBooking(contextOf(ctx, request), { propertyId, code }));
    });

    app.post('/booking/cancel', cancel, async (request) => {
      const { propertyId, bookingCode: code, actor } = guestOf(request);
      const reason = request.body.reason ?? null;
      return viewBooking(
        await cancelBooking(contextOf(ctx, request), { propertyId, code, actor, reason, ifVersion: null }),
      );
    });
  };
