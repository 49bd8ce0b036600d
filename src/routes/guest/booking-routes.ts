import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { guestOf } from '../../http/caller.ts';
import { text } from '../../http/contract/fields.ts';
import { operation } from '../../http/contract/operation.ts';
import { contextOf } from '../../http/request-context.ts';
import { cancelBooking } from '../../services/decision/cancel-booking.ts';
import { getBooking } from '../../services/booking/get-booking.ts';
import { createPaymentSession } from '../../services/payment/create-payment-session.ts';
import { quoteCancellation } from '../../services/refund/quote-cancellation.ts';
import { rescheduleBooking } from '../../services/reschedule/reschedule-booking.ts';
import { RESCHEDULE_ERRORS, rescheduleBody, toDestination } from '../fields/reschedule-fields.ts';
import { bookingView, viewBooking } from '../views/booking/booking.ts';
import { cancellationQuoteView } from '../views/money/cancellation-quote.ts';
import { paymentSessionContract, readWalletAmount } from '../views/booking/payment-session.ts';

const get = operation({
  summary: 'The booking behind the link, with the countdown of its hold',
  tag: 'Guest',
  capability: 'VIEW',
  answers: { 200: bookingView },
});

const quote = operation({
  summary: 'What would come back if the booking were cancelled now',
  tag: 'Guest',
  capability: 'VIEW',
  answers: { 200: cancellationQuoteView },
  errors: ['invalid_transition'],
});

const cancel = operation({
  summary: 'Cancels the booking',
  description: 'One that is cancelled already is answered as it is.',
  tag: 'Guest',
  capability: 'CHANGE',
  body: z
    .strictObject({
      reason: text(500).optional(),
      refundTo: z.enum(['CARD', 'WALLET']).optional().describe('CARD is where the money came from.'),
    })
    .meta({ examples: [{ reason: 'Plans changed' }] }),
  answers: { 200: bookingView, 202: bookingView.describe('The gateway has not said yet how it ends.') },
  errors: ['invalid_transition', 'payment_in_progress'],
  isIdempotent: true,
});

const reschedule = operation({
  summary: 'Moves the booking to another time or other nights',
  description:
    'The code stays. At the rates of today: a rise becomes `balanceDue`, a fall is given back. Nothing changes when it can not be had.',
  tag: 'Guest',
  capability: 'CHANGE',
  body: rescheduleBody,
  answers: { 200: bookingView, 202: bookingView.describe('The gateway has not said yet how a refund ends.') },
  errors: RESCHEDULE_ERRORS,
  isIdempotent: true,
});

const pay = operation({
  ...paymentSessionContract,
  summary: 'A page to pay on: the open one, or a new one',
  tag: 'Guest',
  capability: 'PAY',
});

export const guestBookingRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/booking', get, async (request) => {
      const { propertyId, bookingCode: code } = guestOf(request);
      return viewBooking(await getBooking(contextOf(ctx, request), { propertyId, code }));
    });

    app.get('/booking/cancellation-quote', quote, async (request) => {
      const { propertyId, bookingCode: code, actor } = guestOf(request);
      return quoteCancellation(contextOf(ctx, request), { propertyId, code, actor });
    });

    app.post('/booking/cancel', cancel, async (request, reply) => {
      const { propertyId, bookingCode: code, actor } = guestOf(request);
      const { reason = null, refundTo = 'CARD' } = request.body;
      const action = { propertyId, code, actor, reason, refundTo, ifVersion: null };
      const { booking, isPending } = await cancelBooking(contextOf(ctx, request), action);
      reply.code(isPending ? 202 : 200);
      return viewBooking(booking);
    });

    app.post('/booking/reschedule', reschedule, async (request, reply) => {
      const { propertyId, bookingCode: code, actor } = guestOf(request);
      const action = { propertyId, code, actor, to: toDestination(request.body), ifVersion: null };
      const { booking, isPending } = await rescheduleBooking(contextOf(ctx, request), action);
      reply.code(isPending ? 202 : 200);
      return viewBooking(booking);
    });

    app.post('/booking/payment-session', pay, async (request) => {
      const { propertyId, bookingCode: code, actor, capabilities } = guestOf(request);
      const wallet = readWalletAmount(request.body, capabilities);
      return createPaymentSession(contextOf(ctx, request), { propertyId, code, actor, ...wallet });
    });
  };
