import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { describeForGuest } from '../../domain/speech/guest-page/describe-for-guest.ts';
import { guestOf } from '../../http/access/caller.ts';
import { text } from '../../http/contract/fields.ts';
import { operation } from '../../http/contract/operation.ts';
import { cancelBooking } from '../../services/desk/decision/cancel-booking.ts';
import { getBooking } from '../../services/core/booking/get-booking.ts';
import { createPaymentSession } from '../../services/money/checkout/create-payment-session.ts';
import { quoteCancellation } from '../../services/money/refund/policy/quote-cancellation.ts';
import { rescheduleBooking } from '../../services/desk/reschedule/reschedule-booking.ts';
import { RESCHEDULE_ERRORS, rescheduleBody, toDestination } from '../shapes/fields/reschedule-fields.ts';
import { bookingView, viewBooking } from '../shapes/views/booking/booking.ts';
import { guestPageView } from '../shapes/views/booking/guest-page.ts';
import { cancellationQuoteView } from '../shapes/views/money/cancellation-quote.ts';
import { paymentSessionContract, readPaymentRequest } from '../shapes/views/booking/payment-session.ts';

const get = operation({
  id: 'getGuestBooking',
  summary: 'Reads the booking of the guest token, with the countdown of its hold',
  tag: 'Guest',
  capability: 'VIEW',
  answers: { 200: bookingView },
});

const page = operation({
  id: 'describeGuestBooking',
  summary: 'Describes the booking in words, for the page behind the guest’s link',
  tag: 'Guest',
  capability: 'VIEW',
  answers: { 200: guestPageView },
});

const quote = operation({
  id: 'quoteGuestCancellation',
  summary: 'Quotes the refund of a cancellation now',
  tag: 'Guest',
  capability: 'VIEW',
  answers: { 200: cancellationQuoteView },
  errors: ['invalid_transition', 'too_late'],
});

const cancel = operation({
  id: 'cancelGuestBooking',
  summary: 'Cancels the booking',
  description: 'A booking that is already cancelled is returned unchanged.',
  tag: 'Guest',
  capability: 'CHANGE',
  body: z
    .strictObject({
      reason: text(500).optional(),
      refundTo: z
        .enum(['CARD', 'WALLET'])
        .optional()
        .describe(
          'CARD refunds to the original payment method. Money taken by hand goes to the wallet only with a token that may use the wallet.',
        ),
    })
    .meta({ examples: [{ reason: 'Plans changed' }] }),
  answers: { 200: bookingView, 202: bookingView.describe('The payment gateway has not confirmed the outcome yet.') },
  errors: ['invalid_transition', 'too_late', 'payment_in_progress'],
  isIdempotent: true,
});

const reschedule = operation({
  id: 'rescheduleGuestBooking',
  summary: 'Moves the booking to another time or other nights',
  description:
    'The code stays. Today’s rates apply: a higher price increases `balanceDue`, a lower price is refunded. Nothing changes when the new time is not available.',
  tag: 'Guest',
  capability: 'CHANGE',
  body: rescheduleBody,
  answers: { 200: bookingView, 202: bookingView.describe('The payment gateway has not confirmed the refund yet.') },
  errors: RESCHEDULE_ERRORS,
  isIdempotent: true,
});

const pay = operation({
  id: 'createGuestPaymentSession',
  ...paymentSessionContract,
  summary: 'Opens a checkout session, or returns the open one',
  tag: 'Guest',
  capability: 'PAY',
});

export const guestBookingRoutes =
  (_ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/booking', get, async (request) => {
      const { propertyId, bookingCode: code } = guestOf(request);
      return viewBooking(await getBooking(request.ctx, { propertyId, code }));
    });

    app.get('/booking/page', page, async (request) => {
      const { propertyId, bookingCode: code, capabilities } = guestOf(request);
      return describeForGuest(await getBooking(request.ctx, { propertyId, code }), capabilities);
    });

    app.get('/booking/cancellation-quote', quote, async (request) => {
      const { propertyId, bookingCode: code } = guestOf(request);
      return quoteCancellation(request.ctx, { propertyId, code });
    });

    app.post('/booking/cancel', cancel, async (request, reply) => {
      const { propertyId, bookingCode: code } = guestOf(request);
      const { reason = null, refundTo = 'CARD' } = request.body;
      const action = { propertyId, code, reason, refundTo, ifVersion: null };
      const { booking, isPending } = await cancelBooking(request.ctx, action);
      reply.code(isPending ? 202 : 200);
      return viewBooking(booking);
    });

    app.post('/booking/reschedule', reschedule, async (request, reply) => {
      const { propertyId, bookingCode: code } = guestOf(request);
      const action = { propertyId, code, to: toDestination(request.body), ifVersion: null };
      const { booking, isPending } = await rescheduleBooking(request.ctx, action);
      reply.code(isPending ? 202 : 200);
      return viewBooking(booking);
    });

    app.post('/booking/payment-session', pay, async (request) => {
      const { propertyId, bookingCode: code, capabilities } = guestOf(request);
      const payment = readPaymentRequest(request.body, capabilities);
      return createPaymentSession(request.ctx, { propertyId, code, ...payment });
    });
  };
