import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { countDays } from '../../domain/calendar.ts';
import { STAY_REASONS } from '../../domain/stay.ts';
import { catalogueCode, plainDate, searchText, slug } from '../../http/fields.ts';
import { sendKept } from '../../http/kept-answers.ts';
import { operation } from '../../http/operation.ts';
import { contextOf } from '../../http/request-context.ts';
import { checkStays } from '../../services/availability/check-stays.ts';
import { listBookedDates } from '../../services/availability/list-booked-dates.ts';
import { searchStays } from '../../services/availability/search-stays.ts';
import { quoteStay } from '../../services/pricing/quote-stay.ts';
import { priceView, viewPrice } from '../views/price.ts';
import { availabilityView, viewAvailability } from '../views/availability.ts';
import { newBookingFields } from '../fields/new-booking.ts';
import { checkNights, stayFields, stayQueryFields } from '../fields/stay-fields.ts';

const params = z.object({ slug });
const exampleStay = { roomType: 'SUITE', checkIn: '2027-05-14', checkOut: '2027-05-16', adults: 2, children: 0 };
const stayItem = z.strictObject({ kind: z.literal('STAY').default('STAY'), ...stayFields }).superRefine(checkNights);
const MAX_RANGE_DAYS = 370;

/** What a booking takes, without who it is for. */
const quoteFields = z.object(newBookingFields).omit({ guest: true, booker: true }).shape;

const search = operation({
  summary: 'Room types for a stay, with price and reason',
  description: 'A room type that cannot be booked is listed with its reason, never left out.',
  tag: 'Public',
  params,
  query: z.strictObject({ ...stayQueryFields, promoCode: searchText.optional() }).superRefine(checkNights),
  answers: { 200: availabilityView },
  errors: ['not_found', 'past_time', 'promo_invalid'],
});

const quote = operation({
  summary: 'The price a booking made now would have',
  tag: 'Public',
  params,
  body: z
    .strictObject(quoteFields)
    .superRefine(checkNights)
    .meta({ examples: [{ kind: 'STAY', ...exampleStay }] }),
  answers: {
    200: z
      .object({ price: priceView, bookable: z.boolean(), reason: z.enum(STAY_REASONS).nullable(), available: z.int() })
      .meta({
        examples: [
          { price: (priceView.meta()?.['examples'] as unknown[])[0], bookable: true, reason: null, available: 2 },
        ],
      }),
  },
  errors: ['not_found', 'past_time', 'promo_invalid'],
});

const bookedDates = operation({
  summary: 'Dates on which a room type is fully booked',
  tag: 'Public',
  params,
  query: z
    .strictObject({ roomType: catalogueCode, from: plainDate, to: plainDate })
    .refine(({ from, to }) => from <= to && countDays(from, to) <= MAX_RANGE_DAYS, {
      path: ['to'],
      message: `must not be before from, and at most ${String(MAX_RANGE_DAYS)} days after it`,
    }),
  answers: { 200: z.object({ dates: z.array(z.string()) }).meta({ examples: [{ dates: ['2027-05-14'] }] }) },
  errors: ['not_found'],
});

const batch = operation({
  summary: 'Looks at up to 50 stays again',
  tag: 'Public',
  params,
  body: z
    .strictObject({ items: z.array(stayItem).min(1).max(50) })
    .meta({ examples: [{ items: [{ kind: 'STAY', ...exampleStay }] }] }),
  answers: {
    200: z
      .object({
        items: z.array(
          z.object({
            available: z.int(),
            bookable: z.boolean(),
            reason: z.enum([...STAY_REASONS, 'PAST', 'UNKNOWN']).nullable(),
            totalPayable: z.int().nullable(),
            currency: z.string().nullable(),
          }),
        ),
      })
      .meta({
        examples: [{ items: [{ available: 2, bookable: true, reason: null, totalPayable: 57800, currency: 'EUR' }] }],
      }),
  },
  errors: ['not_found'],
});

export const publicAvailabilityRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/availability', search, async (request, reply) =>
      sendKept(ctx, { request, reply, ...request.params }, async () => {
        const { promoCode = null, ...stay } = request.query;
        return viewAvailability(await searchStays(contextOf(ctx, request), { ...request.params, ...stay, promoCode }));
      }),
    );

    app.post('/quotes', quote, async (request) => {
      const { roomType, promoCode = null, checkIn, checkOut, adults, children } = request.body;
      const stay = { checkIn, checkOut, adults, children };
      const { price, reason, available } = await quoteStay(contextOf(ctx, request), {
        ...{ slug: request.params.slug, roomType, stay, promoCode },
      });
      return { price: viewPrice(price), bookable: reason === null, reason, available };
    });

    app.get('/booked-dates', bookedDates, async (request, reply) =>
      sendKept(ctx, { request, reply, ...request.params }, async () => ({
        dates: await listBookedDates(contextOf(ctx, request), { ...request.params, ...request.query }),
      })),
    );

    app.post('/availability/batch', batch, async (request) => ({
      items: await checkStays(contextOf(ctx, request), { slug: request.params.slug, items: request.body.items }),
    }));
  };
