import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { assertPartyCounted } from '../../domain/booking/party-size.ts';
import { SLOT_REASONS } from '../../domain/availability/appointment.ts';
import { STAY_REASONS } from '../../domain/availability/stay.ts';
import { slug } from '../../http/contract/fields.ts';
import { limitPromoGuesses } from '../../http/limits/limit-promo-guesses.ts';
import { operation } from '../../http/contract/operation.ts';
import { quoteAppointment } from '../../services/selling/pricing/quote-appointment.ts';
import { quoteStay } from '../../services/selling/pricing/quote-stay.ts';
import { toAppointmentRequest } from '../shapes/fields/appointment-fields.ts';
import { appointmentRequestFields, assumeStay, stayRequestFields } from '../shapes/fields/new-booking.ts';
import { checkNights } from '../shapes/fields/stay-fields.ts';
import { priceView, viewPrice } from '../shapes/views/booking/price.ts';

const exampleStay = { roomType: 'SUITE', checkIn: '2027-05-14', checkOut: '2027-05-16', adults: 2, children: 0 };
const exampleAppointment = { service: 'FACIAL', startsAt: '2027-05-18T15:00' };

const quote = operation({
  id: 'createQuote',
  isReading: true,
  summary: 'Quotes the price of a booking',
  tag: 'Public',
  params: z.object({ slug }),
  body: z
    .discriminatedUnion('kind', [
      z.strictObject(stayRequestFields).superRefine(checkNights),
      z.strictObject(appointmentRequestFields),
    ])
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
        available: z.int().describe('Rooms free for the whole stay, or free providers.'),
      })
      .meta({
        examples: [
          { price: (priceView.meta()?.['examples'] as unknown[])[0], bookable: true, reason: null, available: 2 },
        ],
      }),
  },
  errors: [
    'not_found',
    'past_time',
    'promo_invalid',
    'occupancy_exceeded',
    'outside_zone',
    'local_time_skipped',
    'local_time_ambiguous',
  ],
  booksByKind: true,
});

export const publicQuoteRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    assumeStay(app);
    const tryPromo = limitPromoGuesses(ctx.config);

    app.post('/quotes', quote, async (request) => {
      const { body } = request;
      const { promoCode = null } = body;
      assertPartyCounted([{ role: 'PRIMARY', isStaying: true }, ...body.party], body);
      const query = { slug: request.params.slug, promoCode };
      const scoped = request.ctx;
      const { price, reason, available } = await tryPromo(request, promoCode, async () =>
        body.kind === 'STAY'
          ? quoteStay(scoped, { ...query, roomType: body.roomType, stay: body })
          : quoteAppointment(scoped, { ...query, ...toAppointmentRequest(body) }),
      );
      return { price: viewPrice(price), bookable: reason === null, reason, available };
    });
  };
