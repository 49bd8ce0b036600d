import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../../context.ts';
import { PAYMENT_STAGES } from '../../../domain/payment-stage.ts';
import { AppError } from '../../../errors.ts';
import { guestOf } from '../../../http/caller.ts';
import { announceSuccessors, supersededBy } from '../../../http/contract/deprecation.ts';
import { slug, text } from '../../../http/contract/fields.ts';
import { operation } from '../../../http/contract/operation.ts';
import { contextOf } from '../../../http/request-context.ts';
import { getBooking } from '../../../services/booking/get-booking.ts';
import { createPaymentSession } from '../../../services/payment/create-payment-session.ts';
import { paymentSessionContract } from '../../views/booking/payment-session.ts';
import { hotelmateBookingView, viewHotelmateBooking } from './hotelmate-booking-view.ts';
import { bookingName } from './hotelmate-fields.ts';

const params = z.object({ slug, code: bookingName });

const get = supersededBy(
  '/api/v1/guest/booking',
  operation({
    summary: 'The booking behind the guest token, with the countdown of its hold',
    tag: 'HotelMate',
    params,
    capability: 'VIEW',
    answers: { 200: hotelmateBookingView },
  }),
);

const unusedUrl = text(2_000).optional();
const examplePage = 'https://checkout.stripe.com/c/pay/cs_…';

const pay = supersededBy(
  '/api/v1/guest/booking/payment-session',
  operation({
    summary: 'A page to pay on: the open one, or a new one',
    description:
      'From the page the guest comes back to the page of the booking, whatever `success_url` and `cancel_url` say.',
    tag: 'HotelMate',
    params,
    capability: 'PAY',
    body: z
      .strictObject({ success_url: unusedUrl, cancel_url: unusedUrl })
      .describe('Nothing is needed. What HotelMate’s site sends is taken and not used.')
      .meta({ examples: [{}] }),
    answers: {
      200: z
        .object({
          booking_id: z.string(),
          payment_url: z.string().nullable().describe('Where the guest pays.'),
          payment: z.object({
            stage: z.enum(PAYMENT_STAGES),
            expires_at: z.string().nullable().describe('When the place is no longer held.'),
          }),
        })
        .meta({
          examples: [
            {
              ...{ booking_id: 'BK-2027-0042', payment_url: examplePage },
              payment: { stage: 'SESSION_CREATED', expires_at: '2027-05-01T09:10:00.000Z' },
            },
          ],
        }),
    },
    errors: paymentSessionContract.errors,
    isIdempotent: true,
  }),
);

export const hotelmateGuestRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    announceSuccessors(app);

    // A token opens its own booking, whatever the path says; from here on that goes by its code.
    app.addHook('preHandler', async (request) => {
      const { bookingId, bookingCode, propertySlug } = guestOf(request);
      const path = request.params as z.output<typeof params>;
      const isTheirs = path.code === bookingCode || path.code.toLowerCase() === bookingId;
      if (path.slug !== propertySlug || !isTheirs) throw new AppError('not_found');
      path.code = bookingCode;
    });

    app.get('/', get, async (request) => {
      const { propertyId, bookingCode: code } = guestOf(request);
      return viewHotelmateBooking(await getBooking(contextOf(ctx, request), { propertyId, code }));
    });

    app.post('/payment/session', pay, async (request) => {
      const { propertyId, bookingCode: code, actor } = guestOf(request);
      const { url, stage, expiresAt } = await createPaymentSession(contextOf(ctx, request), {
        propertyId,
        code,
        actor,
      });
      return { booking_id: code, payment_url: url, payment: { stage, expires_at: expiresAt } };
    });
  };
