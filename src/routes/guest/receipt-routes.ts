import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { guestOf } from '../../http/access/caller.ts';
import { operation } from '../../http/contract/operation.ts';
import { getBooking } from '../../services/core/booking/get-booking.ts';
import { RECEIPT_POLICY, renderReceiptPage } from '../shapes/views/money/receipt-page.ts';
import { receiptView, viewReceipt } from '../shapes/views/money/statement.ts';

const receipt = operation({
  id: 'getGuestReceipt',
  summary: 'Reads the receipt: price, payments and refunds',
  tag: 'Guest',
  capability: 'VIEW',
  answers: { 200: receiptView },
});

const page = operation({
  id: 'getGuestReceiptPage',
  summary: 'Renders the receipt as a printable page',
  tag: 'Guest',
  capability: 'VIEW',
  answers: { 200: z.string().meta({ examples: ['<!doctype html>…'] }) },
});

export const guestReceiptRoutes =
  (_ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/booking/receipt', receipt, async (request) => {
      const { propertyId, bookingCode: code } = guestOf(request);
      return viewReceipt(await getBooking(request.ctx, { propertyId, code }));
    });

    app.get('/booking/receipt.html', page, async (request, reply) => {
      const { propertyId, bookingCode: code } = guestOf(request);
      const booking = await getBooking(request.ctx, { propertyId, code });
      reply.headers({ 'cache-control': 'private, no-store', 'content-security-policy': RECEIPT_POLICY });
      reply.type('text/html; charset=utf-8').serializer(String);
      return renderReceiptPage(viewReceipt(booking));
    });
  };
