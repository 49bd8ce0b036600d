import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { SLOT_REASONS } from '../../domain/availability/appointment.ts';
import { STAY_REASONS } from '../../domain/availability/stay.ts';
import { slug } from '../../http/contract/fields.ts';
import { limitPromoGuesses } from '../../http/limits/limit-promo-guesses.ts';
import { operation } from '../../http/contract/operation.ts';
import { contextOf } from '../../http/request-context.ts';
import { quoteAppointment } from '../../services/pricing/quote-appointment.ts';
import { quoteStay } from '../../services/pricing/quote-stay.ts';
import { toAppointmentRequest } from '../fields/appointment-fields.ts';
import { appointmentWish, assumeStay, stayWish } from '../fields/new-booking.ts';
import { checkNights } from '../fields/stay-fields.ts';
import { priceView, viewPrice } from '../views/booking/price.ts';

const exampleStay = { roomType: 'SUITE', checkIn: '2027-05-14', checkOut: '2027-05-16', adults: 2, children: 0 };
const exampleAppointment = { service: 'FACIAL', startsAt: '2027-05-18T15:00' };

const quote = operation({
  summary: 'The price a booking made now would have',
  tag: 'Public',
  params: z.object({ slug }),
  body: z
    .discriminatedUnion('kind', [z.strictObject(stayWish).superRefine(checkNights), z.strictObject(appointmentWish)])
    .meta({
      examples: [
        { kind: 'STAY', ...exampleStay },
        { kind: 'APPOINTMENT', ...exampleAppointment },
      ],
    }),
  answers: {
    200: z
      .object({
        price: priceView,
        bookable: z.boolean(),
        reason: z.enum([...STAY_REASONS, ...SLOT_REASONS]).nullable(),
        available: z.int().describe('Rooms left for the whole stay, or providers who could do it.'),
      })
      .meta({
        examples: [
          { price: (priceView.meta()?.['examples'] as unknown[])[0], bookable: true, reason: null, available: 2 },
        ],
      }),
  },
  errors: [
    ...(['not_found', 'past_time', 'promo_invalid', 'occupancy_exceeded', 'outside_zone'] as const),
    ...(['local_time_skipped', 'local_time_ambiguous'] as const),
  ],
  booksByKind: true,
});

export const publicQuoteRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    assumeStay(app);
    const tryPromo = limitPromoGuesses(app, ctx.config);

    app.post('/quotes', quote, async (request) => {
      const { body } = request;
      const { promoCode = null } = body;
      const asked = { slug: request.params.slug, promoCode };
      const scoped = contextOf(ctx, request);
      const { price, reason, available } = await tryPromo(request, promoCode, async () =>
        body.kind === 'STAY'
          ? quoteStay(scoped, { ...asked, roomType: body.roomType, stay: body })
          : quoteAppointment(scoped, { ...asked, ...toAppointmentRequest(body) }),
      );
      return { price: viewPrice(price), bookable: reason === null, reason, available };
    });
  };
