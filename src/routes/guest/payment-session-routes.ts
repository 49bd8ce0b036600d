import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import { guestOf } from '../../http/caller.ts';
import { bookingCode, slug } from '../../http/contract/fields.ts';
import { operation } from '../../http/contract/operation.ts';
import { contextOf } from '../../http/request-context.ts';
import { createPaymentSession } from '../../services/payment/create-payment-session.ts';
import { paymentSessionContract, readWalletAmount } from '../views/booking/payment-session.ts';

const pay = operation({
  ...paymentSessionContract,
  summary: "A page to pay on, by the booking's own path",
  description: 'The same as POST /guest/booking/payment-session, with the same token.',
  tag: 'Public',
  params: z.object({ slug, code: bookingCode }),
  capability: 'PAY',
});

export const paymentSessionRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.post('/payment-session', pay, async (request) => {
      const { propertyId, propertySlug, bookingCode: code, actor, capabilities } = guestOf(request);
      const { params } = request;
      // A token opens its own booking, whatever the path says.
      if (params.slug !== propertySlug || params.code !== code) throw new AppError('not_found');
      const wallet = readWalletAmount(request.body, capabilities);
      return createPaymentSession(contextOf(ctx, request), { propertyId, code, actor, ...wallet });
    });
  };
