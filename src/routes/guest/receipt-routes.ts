import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { guestOf } from '../../http/caller.ts';
import { operation } from '../../http/contract/operation.ts';
import { contextOf } from '../../http/request-context.ts';
import { getBooking } from '../../services/booking/get-booking.ts';
import { drawReceiptPage } from '../views/money/receipt-page.ts';
import { receiptView, viewReceipt } from '../views/money/statement.ts';

const receipt = operation({
  summary: 'What the booking costs, what was paid and what was given back',
  tag: 'Guest',
  capability: 'VIEW',
  answers: { 200: receiptView },
});

const page = operation({
  summary: 'The same as a page to be read and printed',
  tag: 'Guest',
  capability: 'VIEW',
  answers: { 200: z.string().meta({ examples: ['<!doctype html>…'] }) },
});

export const guestReceiptRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/booking/receipt', receipt, async (request) => {
      const { propertyId, bookingCode: code } = guestOf(request);
      return viewReceipt(await getBooking(contextOf(ctx, request), { propertyId, code }));
    });

    app.get('/booking/receipt.html', page, async (request, reply) => {
      const { propertyId, bookingCode: code } = guestOf(request);
      const booking = await getBooking(contextOf(ctx, request), { propertyId, code });
      reply.header('cache-control', 'private, no-store').type('text/html; charset=utf-8').serializer(String);
      return drawReceiptPage(viewReceipt(booking));
    });
  };
