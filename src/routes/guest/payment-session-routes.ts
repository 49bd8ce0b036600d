import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import { guestOf } from '../../http/access/caller.ts';
import { bookingCode, slug } from '../../http/contract/fields.ts';
import { operation } from '../../http/contract/operation.ts';
import { createPaymentSession } from '../../services/money/checkout/create-payment-session.ts';
import { paymentSessionContract, readPaymentRequest } from '../shapes/views/booking/payment-session.ts';

const pay = operation({
  id: 'createPaymentSession',
  ...paymentSessionContract,
  summary: "Opens a checkout session, by the booking's own path",
  description: 'Equals POST /guest/booking/payment-session with an equal token.',
  tag: 'Public',
  params: z.object({ slug, code: bookingCode }),
  capability: 'PAY',
});

export const paymentSessionRoutes =
  (_ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.post('/payment-session', pay, async (request) => {
      const { propertyId, propertySlug, bookingCode: code, capabilities } = guestOf(request);
      const { params } = request;
      // A token gives access to its own booking only.
      if (params.slug !== propertySlug || params.code !== code) throw new AppError('not_found');
      const payment = readPaymentRequest(request.body, capabilities);
      return createPaymentSession(request.ctx, { propertyId, code, ...payment });
    });
  };
