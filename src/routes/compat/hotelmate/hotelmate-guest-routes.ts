import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../../context.ts';
import { PAYMENT_STAGES } from '../../../domain/money/payment-stage.ts';
import { AppError } from '../../../errors.ts';
import { guestOf } from '../../../http/access/caller.ts';
import { announceSuccessors, supersededBy } from '../../../http/contract/deprecation.ts';
import { slug, text } from '../../../http/contract/fields.ts';
import { setPathParameter } from '../../../http/request-context.ts';
import { operation } from '../../../http/contract/operation.ts';
import { getBooking } from '../../../services/core/booking/get-booking.ts';
import { createPaymentSession } from '../../../services/money/checkout/create-payment-session.ts';
import { paymentSessionContract } from '../../shapes/views/booking/payment-session.ts';
import { hotelmateBookingView, viewHotelmateBooking } from './hotelmate-booking-view.ts';
import { bookingName } from './hotelmate-fields.ts';

const params = z.object({ slug, code: bookingName });

const get = supersededBy(
  '/api/v1/guest/booking',
  operation({
    id: 'hotelmateGetGuestBooking',
    summary: 'Reads the booking of the guest token, with the countdown of its hold',
    tag: 'HotelMate',
    params,
    capability: 'VIEW',
    answers: { 200: hotelmateBookingView },
  }),
);

const unusedUrl = text(2_000).optional();
const exampleUrl = 'https://checkout.stripe.com/c/pay/cs_…';

const pay = supersededBy(
  '/api/v1/guest/booking/payment-session',
  operation({
    id: 'hotelmateCreatePaymentSession',
    summary: 'Opens a checkout session, or returns the open one',
    description: 'After payment the guest returns to the booking page. `success_url` and `cancel_url` are ignored.',
    tag: 'HotelMate',
    params,
    capability: 'PAY',
    body: z
      .strictObject({ success_url: unusedUrl, cancel_url: unusedUrl })
      .describe('No member is required. Members that HotelMate’s website sends are ignored.')
      .meta({ examples: [{}] }),
    answers: {
      200: z
        .object({
          booking_id: z.string(),
          payment_url: z.string().nullable().describe('URL of the checkout session.'),
          payment: z.object({
            stage: z.enum(PAYMENT_STAGES),
            expires_at: z.string().nullable().describe('The end of the hold.'),
          }),
        })
        .meta({
          examples: [
            {
              booking_id: 'BK-2027-0042',
              payment_url: exampleUrl,
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
  (_ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    announceSuccessors(app);

    // A token gives access to its own booking only. A UUID in the path is replaced by the code.
    app.addHook('preHandler', async (request) => {
      const { bookingId, bookingCode, propertySlug } = guestOf(request);
      const path = request.params as z.output<typeof params>;
      const isOwn = path.code === bookingCode || path.code.toLowerCase() === bookingId;
      if (path.slug !== propertySlug || !isOwn) throw new AppError('not_found');
      setPathParameter(request, 'code', bookingCode);
    });

    app.get('/', get, async (request) => {
      const { propertyId, bookingCode: code } = guestOf(request);
      return viewHotelmateBooking(await getBooking(request.ctx, { propertyId, code }));
    });

    app.post('/payment/session', pay, async (request) => {
      const { propertyId, bookingCode: code } = guestOf(request);
      const { url, stage, expiresAt } = await createPaymentSession(request.ctx, {
        propertyId,
        code,
      });
      return { booking_id: code, payment_url: url, payment: { stage, expires_at: expiresAt } };
    });
  };
