import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { SLOT_REASONS } from '../../domain/availability/appointment.ts';
import { addDays, countDays } from '../../domain/time/calendar.ts';
import { nightsInReach } from '../../domain/feed/property-change.ts';
import { STAY_REASONS } from '../../domain/availability/stay.ts';
import { catalogueCode, plainDate, searchText, slug } from '../../http/contract/fields.ts';
import { sendCached } from '../../http/response-cache/cached-responses.ts';
import { chargeDays } from '../../http/limits/limits.ts';
import { limitPromoGuesses } from '../../http/limits/limit-promo-guesses.ts';
import { operation } from '../../http/contract/operation.ts';
import { listBookedDates } from '../../services/selling/availability/list-booked-dates.ts';
import { listBookedDays } from '../../services/stock/time/list-booked-days.ts';
import { listOpenSlots } from '../../services/stock/time/list-open-slots.ts';
import { CHECK_REASONS, recheckAvailability } from '../../services/selling/availability/recheck-availability.ts';
import { searchStays } from '../../services/selling/availability/search-stays.ts';
import { appointmentFields, toAppointmentRequest } from '../shapes/fields/appointment-fields.ts';
import { checkNights, stayFields, stayQueryFields } from '../shapes/fields/stay-fields.ts';
import { availabilityView, viewAvailability } from '../shapes/views/time/availability.ts';
import { slotsView, viewSlots } from '../shapes/views/time/slots.ts';

const params = z.object({ slug });
const exampleStay = { roomType: 'SUITE', checkIn: '2027-05-14', checkOut: '2027-05-16', adults: 2, children: 0 };
const MAX_RANGE_DAYS = 370;
const MAX_SLOT_DAYS = 62;

const rangeOf = (maxDays: number) => ({
  check: ({ from, to }: { from: string; to: string }) => from <= to && countDays(from, to) < maxDays,
  error: { path: ['to'], message: `must not be before from, and the range at most ${String(maxDays)} days` },
});
const bookedRange = rangeOf(MAX_RANGE_DAYS);
const isService = ({ service }: { service?: string | undefined }) => service !== undefined;
const slotRange = rangeOf(MAX_SLOT_DAYS);

const promoCode = searchText.describe(
  'Applies to the room types of the promo; a code that applies to no room type is an error.',
);

const search = operation({
  id: 'searchAvailability',
  summary: 'Searches room types for a stay, with price and availability',
  description: 'A room type that cannot be booked is listed with its reason.',
  tag: 'Public',
  params,
  query: z.strictObject({ ...stayQueryFields, promoCode: promoCode.optional() }).superRefine(checkNights),
  answers: { 200: availabilityView },
  errors: ['not_found', 'past_time', 'promo_invalid'],
});

const slots = operation({
  id: 'listSlots',
  summary: 'Lists the bookable starts of a service with the free providers',
  tag: 'Public',
  params,
  query: z
    .strictObject({
      service: catalogueCode,
      from: plainDate,
      to: plainDate,
      provider: catalogueCode.optional(),
      adults: z.coerce.number().int().min(1).max(500).optional(),
      children: z.coerce.number().int().min(0).max(500).optional(),
      zone: catalogueCode.optional(),
    })
    .refine(slotRange.check, slotRange.error),
  answers: { 200: slotsView },
  errors: ['not_found', 'occupancy_exceeded', 'outside_zone'],
});

const bookedDates = operation({
  id: 'listBookedDates',
  summary: 'Lists the dates on which a room type or a service is fully booked',
  description: `At most ${String(MAX_RANGE_DAYS)} days of a room type, ${String(MAX_SLOT_DAYS)} of a service.`,
  tag: 'Public',
  params,
  query: z
    .strictObject({
      roomType: catalogueCode.optional(),
      service: catalogueCode.optional(),
      from: plainDate,
      to: plainDate,
    })
    .refine((query) => isService(query) || bookedRange.check(query), bookedRange.error)
    .refine((query) => !isService(query) || slotRange.check(query), slotRange.error)
    .refine(({ roomType, service }) => (roomType === undefined) !== (service === undefined), {
      path: ['roomType'],
      message: 'must name either a roomType or a service',
    }),
  answers: { 200: z.object({ dates: z.array(z.string()) }).meta({ examples: [{ dates: ['2027-05-14'] }] }) },
  errors: ['not_found'],
});

const stayItem = z.strictObject({ kind: z.literal('STAY').default('STAY'), ...stayFields }).superRefine(checkNights);
const slotItem = z.strictObject({ kind: z.literal('APPOINTMENT'), ...appointmentFields });

const batch = operation({
  id: 'recheckAvailability',
  isReading: true,
  summary: 'Checks the availability of up to 50 stays and slots again',
  tag: 'Public',
  params,
  body: z
    .strictObject({
      items: z
        .array(z.xor([stayItem, slotItem]))
        .min(1)
        .max(50),
    })
    .meta({ examples: [{ items: [{ kind: 'STAY', ...exampleStay }] }] }),
  answers: {
    200: z
      .object({
        items: z.array(
          z.object({
            available: z.int(),
            bookable: z.boolean(),
            reason: z.enum([...STAY_REASONS, ...SLOT_REASONS, ...CHECK_REASONS]).nullable(),
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
    const tryPromo = limitPromoGuesses(ctx.config);

    app.get('/availability', search, async (request, reply) => {
      const { promoCode = null, ...stay } = request.query;
      const nights = { from: stay.checkIn, to: stay.checkOut };
      const scoped = request.ctx;
      const read = async () => viewAvailability(await searchStays(scoped, { ...request.params, ...stay, promoCode }));
      if (promoCode === null) return sendCached(ctx, { request, reply, ...request.params, nights }, read);
      // Never cached: every invented code would be an entry, and each redemption would invalidate all entries.
      reply.header('cache-control', 'no-store');
      return tryPromo(request, promoCode, read);
    });

    app.get('/slots', slots, async (request, reply) => {
      const { from, to, provider = null, ...party } = request.query;
      const query = { ...request.params, ...party, from, to, provider };
      await chargeDays(request, reply, ctx.config, query);
      return sendCached(ctx, { request, reply, ...request.params, nights: nightsInReach(from, to) }, async () =>
        viewSlots(await listOpenSlots(request.ctx, query)),
      );
    });

    app.get('/booked-dates', bookedDates, async (request, reply) => {
      const { roomType = '', service, from, to } = request.query;
      const query = { ...request.params, from, to };
      if (service !== undefined) await chargeDays(request, reply, ctx.config, query);
      const scoped = request.ctx;
      const nights = service === undefined ? { from, to: addDays(to, 1) } : nightsInReach(from, to);
      return sendCached(ctx, { request, reply, ...request.params, nights }, async () => ({
        dates: await (service === undefined
          ? listBookedDates(scoped, { ...query, roomType })
          : listBookedDays(scoped, { ...query, service })),
      }));
    });

    app.post('/availability/batch', batch, async (request) => ({
      items: await recheckAvailability(request.ctx, {
        slug: request.params.slug,
        items: request.body.items.map((item) =>
          item.kind === 'STAY' ? item : { kind: item.kind, ...toAppointmentRequest(item) },
        ),
      }),
    }));
  };
