import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { SLOT_REASONS } from '../../domain/availability/appointment.ts';
import { addDays, countDays } from '../../domain/time/calendar.ts';
import { nightsInReach } from '../../domain/feed/property-change.ts';
import { STAY_REASONS } from '../../domain/availability/stay.ts';
import { catalogueCode, plainDate, searchText, slug } from '../../http/contract/fields.ts';
import { sendKept } from '../../http/kept/kept-answers.ts';
import { limitPromoGuesses } from '../../http/limits/limit-promo-guesses.ts';
import { operation } from '../../http/contract/operation.ts';
import { contextOf } from '../../http/request-context.ts';
import { listBookedDates } from '../../services/availability/list-booked-dates.ts';
import { listBookedDays } from '../../services/slots/list-booked-days.ts';
import { listOpenSlots } from '../../services/slots/list-open-slots.ts';
import { CHECK_REASONS, recheckAvailability } from '../../services/availability/recheck-availability.ts';
import { searchStays } from '../../services/availability/search-stays.ts';
import { appointmentFields, toAppointmentRequest } from '../fields/appointment-fields.ts';
import { checkNights, stayFields, stayQueryFields } from '../fields/stay-fields.ts';
import { availabilityView, viewAvailability } from '../views/time/availability.ts';
import { slotsView, viewSlots } from '../views/time/slots.ts';

const params = z.object({ slug });
const exampleStay = { roomType: 'SUITE', checkIn: '2027-05-14', checkOut: '2027-05-16', adults: 2, children: 0 };
const MAX_RANGE_DAYS = 370;
const MAX_SLOT_DAYS = 62;

const rangeOf = (maxDays: number) => ({
  check: ({ from, to }: { from: string; to: string }) => from <= to && countDays(from, to) < maxDays,
  refusal: { path: ['to'], message: `must not be before from, and the range at most ${String(maxDays)} days` },
});
const bookedRange = rangeOf(MAX_RANGE_DAYS);
const slotRange = rangeOf(MAX_SLOT_DAYS);

const promoCode = searchText.describe(
  'Counts for the room types it is good for; one that is good for none of them is refused.',
);

const search = operation({
  summary: 'Room types for a stay, with price and reason',
  description: 'A room type that cannot be booked is listed with its reason, never left out.',
  tag: 'Public',
  params,
  query: z.strictObject({ ...stayQueryFields, promoCode: promoCode.optional() }).superRefine(checkNights),
  answers: { 200: availabilityView },
  errors: ['not_found', 'past_time', 'promo_invalid'],
});

const slots = operation({
  summary: 'Every start of a service that can be booked, with who is free',
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
    .refine(slotRange.check, slotRange.refusal),
  answers: { 200: slotsView },
  errors: ['not_found', 'occupancy_exceeded', 'outside_zone'],
});

const bookedDates = operation({
  summary: 'Dates on which a room type or a service is fully booked',
  tag: 'Public',
  params,
  query: z
    .strictObject({
      roomType: catalogueCode.optional(),
      service: catalogueCode.optional(),
      from: plainDate,
      to: plainDate,
    })
    .refine(bookedRange.check, bookedRange.refusal)
    .refine(({ roomType, service }) => (roomType === undefined) !== (service === undefined), {
      path: ['roomType'],
      message: 'name either a roomType or a service',
    }),
  answers: { 200: z.object({ dates: z.array(z.string()) }).meta({ examples: [{ dates: ['2027-05-14'] }] }) },
  errors: ['not_found'],
});

const stayItem = z.strictObject({ kind: z.literal('STAY').default('STAY'), ...stayFields }).superRefine(checkNights);
const slotItem = z.strictObject({ kind: z.literal('APPOINTMENT'), ...appointmentFields });

const batch = operation({
  summary: 'Looks at up to 50 stays and slots again',
  tag: 'Public',
  params,
  body: z
    .strictObject({
      items: z
        .array(z.union([stayItem, slotItem]))
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
    const tryPromo = limitPromoGuesses(app, ctx.config);

    app.get('/availability', search, async (request, reply) => {
      const { promoCode = null, ...stay } = request.query;
      const nights = { from: stay.checkIn, to: stay.checkOut };
      const scoped = contextOf(ctx, request);
      const read = async () => viewAvailability(await searchStays(scoped, { ...request.params, ...stay, promoCode }));
      if (promoCode === null) return sendKept(ctx, { request, reply, ...request.params, nights }, read);
      // Nobody else has it: there are as many answers as codes to think of, and a promo's uses change them all.
      reply.header('cache-control', 'no-store');
      return tryPromo(request, promoCode, read);
    });

    app.get('/slots', slots, async (request, reply) => {
      const { from, to, provider = null, ...wish } = request.query;
      const asked = { ...request.params, ...wish, from, to, provider };
      return sendKept(ctx, { request, reply, ...request.params, nights: nightsInReach(from, to) }, async () =>
        viewSlots(await listOpenSlots(contextOf(ctx, request), asked)),
      );
    });

    app.get('/booked-dates', bookedDates, async (request, reply) => {
      const { roomType = '', service, from, to } = request.query;
      const asked = { ...request.params, from, to };
      const scoped = contextOf(ctx, request);
      const nights = service === undefined ? { from, to: addDays(to, 1) } : nightsInReach(from, to);
      return sendKept(ctx, { request, reply, ...request.params, nights }, async () => ({
        dates: await (service === undefined
          ? listBookedDates(scoped, { ...asked, roomType })
          : listBookedDays(scoped, { ...asked, service })),
      }));
    });

    app.post('/availability/batch', batch, async (request) => ({
      items: await recheckAvailability(contextOf(ctx, request), {
        slug: request.params.slug,
        items: request.body.items.map((item) =>
          item.kind === 'STAY' ? item : { kind: item.kind, ...toAppointmentRequest(item) },
        ),
      }),
    }));
  };
