import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../../context.ts';
import { STAY_REASONS } from '../../../domain/availability/stay.ts';
import { AppError } from '../../../errors.ts';
import { announceSuccessors, supersededBy } from '../../../http/contract/deprecation.ts';
import { slug } from '../../../http/contract/fields.ts';
import { sendCached } from '../../../http/response-cache/cached-responses.ts';
import { limitPromoGuesses } from '../../../http/limits/limit-promo-guesses.ts';
import { operation } from '../../../http/contract/operation.ts';
import { searchStays } from '../../../services/selling/availability/search-stays.ts';
import { createBooking } from '../../../services/selling/new-booking/create-booking.ts';
import { quoteStay } from '../../../services/selling/pricing/quote-stay.ts';
import { getPublicProperty } from '../../../services/catalogue/property/get-public-property.ts';
import { viewCreatedBooking } from '../../shapes/views/booking/created-booking.ts';
import {
  countGuests,
  datesInfo,
  guestCounts,
  hotelInfo,
  hotelmateBookingView,
  viewDates,
  viewHotel,
  viewHotelmateBooking,
} from './hotelmate-booking-view.ts';
import {
  exampleCounts,
  exampleDates,
  exampleHotel,
  exampleHotelmateBooking,
  examplePricing,
} from './hotelmate-example.ts';
import {
  hotelmateBooking,
  hotelmateQuote,
  hotelmateSearch,
  roomTypeOf,
  emptyToUndefined,
  toCanonicalBooking,
  toStayRequest,
} from './hotelmate-fields.ts';
import { hotelmatePricing, viewHotelmatePricing } from './hotelmate-pricing-view.ts';
import { STAY_ERRORS } from '../../shapes/fields/booking-errors.ts';

const CANONICAL = '/api/v1/public/properties/:slug';
const params = z.object({ slug });

/** One room type for one stay, with its price and the reason when not bookable. */
const offer = z.object({
  room_info: z.object({ room_type_code: z.string(), room_type_name: z.string(), max_occupancy: z.int() }),
  is_available: z.boolean(),
  rooms_left: z.int().describe('Rooms free for the whole stay.'),
  reason: z.enum(STAY_REASONS).nullable().describe('The reason when not bookable.'),
  pricing: hotelmatePricing,
});
const stayInfo = { hotel_info: hotelInfo, dates_info: datesInfo, guest_info: guestCounts };
const exampleInfo = { hotel_info: exampleHotel, dates_info: exampleDates, guest_info: exampleCounts };
const exampleOffer = {
  room_info: { room_type_code: 'SUITE', room_type_name: 'Suite', max_occupancy: 4 },
  is_available: true,
  rooms_left: 2,
  reason: null,
  pricing: examplePricing,
};
const examplePayment = { required: true, due_now: '289.00', due_later: '0.00' };

const search = supersededBy(
  `${CANONICAL}/availability`,
  operation({
    id: 'hotelmateSearchAvailability',
    summary: 'Searches room types for a stay, with price and availability',
    tag: 'HotelMate',
    params,
    query: hotelmateSearch,
    answers: {
      200: z
        .object({ ...stayInfo, available_rooms: z.array(offer) })
        .meta({ examples: [{ ...exampleInfo, available_rooms: [exampleOffer] }] }),
    },
    errors: ['not_found', 'past_time', 'promo_invalid'],
  }),
);

const quote = supersededBy(
  `${CANONICAL}/quotes`,
  operation({
    id: 'hotelmateCreateQuote',
    isReading: true,
    summary: 'Quotes the price of a stay',
    tag: 'HotelMate',
    params,
    body: hotelmateQuote,
    answers: {
      200: z
        .object({
          ...stayInfo,
          ...offer.shape,
          payment: z.object({ required: z.boolean(), due_now: z.string(), due_later: z.string() }),
        })
        .meta({ examples: [{ ...exampleInfo, ...exampleOffer, payment: examplePayment }] }),
    },
    errors: ['not_found', 'past_time', 'promo_invalid'],
  }),
);

const created = hotelmateBookingView.extend({
  guest_token: z.string().nullable().describe('Token of the guest for this booking, shown once. Null in a dry run.'),
  manage_url: z.string().nullable(),
});
const token = 'wq3kPwm1c0p8y2n4rT6uVxZaBcDeFgHiJkLmNoPqRsT';
const createdView = created.meta({
  examples: [{ ...exampleHotelmateBooking, guest_token: token, manage_url: `https://book.example/manage#${token}` }],
});

const create = supersededBy(
  `${CANONICAL}/bookings`,
  operation({
    id: 'hotelmateCreateBooking',
    summary: 'Creates a stay and holds its nights',
    description:
      'Responds 201 with the booking and the guest token. Send the primary guest as `guest` or in the `primary_…` members, ' +
      'and the room type as `room_type` or `room_type_code`; sending both is an error. A 409 `sold_out` carries ' +
      'alternatives as on the canonical path.',
    tag: 'HotelMate',
    params,
    body: hotelmateBooking,
    answers: { 200: createdView.describe('Dry run: nothing was written.'), 201: createdView },
    errors: [...STAY_ERRORS, 'promo_invalid'],
    isIdempotent: true,
  }),
);

export const hotelmatePublicRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    announceSuccessors(app);
    const tryPromo = limitPromoGuesses(ctx.config);

    app.get('/availability', search, async (request, reply) => {
      const scoped = request.ctx;
      const { slug } = request.params;
      const stay = toStayRequest(request.query);
      const promoCode = emptyToUndefined(request.query.promo_code) ?? null;
      const read = async () => {
        const { roomTypes } = await searchStays(scoped, { slug, ...stay, promoCode });
        return {
          hotel_info: viewHotel(await getPublicProperty(scoped, slug)),
          dates_info: viewDates(stay),
          guest_info: countGuests(stay),
          available_rooms: roomTypes.map(({ code, name, maxOccupancy, available, reason, price }) => ({
            room_info: { room_type_code: code, room_type_name: name, max_occupancy: maxOccupancy },
            is_available: reason === null,
            rooms_left: available,
            reason,
            pricing: viewHotelmatePricing(price),
          })),
        };
      };
      const nights = { from: stay.checkIn, to: stay.checkOut };
      if (promoCode === null) return sendCached(ctx, { request, reply, slug, nights }, read);
      // Never cached, as on the canonical path.
      return tryPromo(request, promoCode, read);
    });

    app.post('/pricing/quote', quote, async (request) => {
      const scoped = request.ctx;
      const { slug: property } = request.params;
      const stay = toStayRequest(request.body);
      const code = roomTypeOf(request.body);
      const promoCode = emptyToUndefined(request.body.promo_code) ?? null;
      const { price, reason, available } = await tryPromo(request, promoCode, () =>
        quoteStay(scoped, { slug: property, roomType: code, stay, promoCode }),
      );
      const hotel = await getPublicProperty(scoped, property);
      const roomType = hotel.roomTypes.find((type) => type.code === code);
      if (roomType === undefined) throw new AppError('not_found', { detail: `There is no room type "${code}".` });
      const pricing = viewHotelmatePricing(price);
      return {
        hotel_info: viewHotel(hotel),
        dates_info: viewDates(stay),
        guest_info: countGuests(stay),
        room_info: { room_type_code: code, room_type_name: roomType.name, max_occupancy: roomType.maxOccupancy },
        is_available: reason === null,
        rooms_left: available,
        reason,
        pricing,
        payment: {
          required: price.depositDue > 0,
          due_now: pricing.deposit_due,
          due_later: pricing.balance_due,
        },
      };
    });

    app.post('/bookings', create, async (request, reply) => {
      const scoped = request.ctx;
      const input = {
        ...toCanonicalBooking(request.body),
        slug: request.params.slug,
        source: 'COMPAT' as const,
        payment: 'LINK' as const,
      };
      const result = await tryPromo(request, input.promoCode, () => createBooking(scoped, input));
      reply.code(scoped.request.isDryRun ? 200 : 201);
      const { booking, guestToken, manageUrl } = viewCreatedBooking(scoped, result);
      return {
        ...viewHotelmateBooking(result.booking),
        booking_id: booking.code,
        guest_token: guestToken,
        manage_url: manageUrl,
      };
    });
  };
