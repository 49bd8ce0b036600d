import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../../context.ts';
import type { RecordedRefund } from '../../../domain/booking/booking.ts';
import { staffOf } from '../../../http/access/caller.ts';
import { readIfMatch, sendVersion } from '../../../http/contract/etag.ts';
import { bookingCode, minorUnits, slug, text } from '../../../http/contract/fields.ts';
import { operation } from '../../../http/contract/operation.ts';
import { createGuestLink } from '../../../services/platform/auth/create-guest-link.ts';
import { getBooking } from '../../../services/core/booking/get-booking.ts';
import { listBookingTransfers } from '../../../services/desk/list/list-booking-transfers.ts';
import { handOverRefund } from '../../../services/money/refund/hand-over-refund.ts';
import { voidManualPayment } from '../../../services/money/checkout/void-manual-payment.ts';
import { makeRefund } from '../../../services/money/checkout/make-refund.ts';
import { quoteCancellation } from '../../../services/money/refund/policy/quote-cancellation.ts';
import { staffBookingView, viewStaffBooking } from '../../shapes/views/booking/booking.ts';
import { cancellationQuoteView } from '../../shapes/views/money/cancellation-quote.ts';
import { manageUrlOf } from '../../shapes/views/booking/created-booking.ts';
import { exampleRefund, refundView, viewRefund } from '../../shapes/views/money/refund.ts';
import { statementView, viewStatement } from '../../shapes/views/money/statement.ts';

const params = z.object({ slug, code: bookingCode });
const refundAnswer = refundView
  .extend({ parts: z.array(refundView).describe('One part per refunded payment.') })
  .meta({ examples: [{ ...exampleRefund, parts: [exampleRefund] }] });

const refund = operation({
  id: 'createRefund',
  summary: 'Refunds an amount',
  description:
    'Refunds card payments first, then wallet payments, then manual payments, which count as handed over. Never exceeds the captured amount.',
  tag: 'Staff: actions',
  permission: 'refunds.make',
  params,
  body: z
    .strictObject({ amount: minorUnits.min(1), reason: text(500), to: z.enum(['CARD', 'WALLET']).default('CARD') })
    .meta({ examples: [{ amount: 5_000, reason: 'Shower was cold' }] }),
  answers: { 200: refundAnswer, 202: refundAnswer.describe('The payment gateway has not confirmed the outcome yet.') },
  errors: ['version_conflict', 'refund_exceeds_captured', 'payment_in_progress'],
  isIdempotent: true,
  isVersioned: true,
});

const handOver = operation({
  id: 'handOverRefund',
  summary: 'Records that a manual refund was handed over',
  description: 'For managers and owners, as every refund.',
  tag: 'Staff: actions',
  permission: 'refunds.make',
  params: params.extend({ refundId: z.uuid() }),
  body: z.strictObject({}).meta({ examples: [{}] }),
  answers: { 200: staffBookingView },
  errors: ['version_conflict', 'invalid_transition'],
  isIdempotent: true,
  isVersioned: true,
});

const voidPayment = operation({
  id: 'voidPayment',
  summary: 'Voids a manual payment that was recorded by mistake',
  description:
    'No money moves: the payment leaves the books, the booking owes the amount again, and the right payment can be ' +
    'recorded. A confirmed booking stays confirmed. A payment that was refunded, also in part, can not be voided. ' +
    'The history says who voided it and why.',
  tag: 'Staff: actions',
  permission: 'refunds.make',
  params: params.extend({ paymentId: z.uuid() }),
  body: z.strictObject({ reason: text(500) }).meta({ examples: [{ reason: 'Recorded on the wrong booking' }] }),
  answers: { 200: staffBookingView },
  errors: ['version_conflict', 'invalid_transition'],
  isIdempotent: true,
  isVersioned: true,
});

const quote = operation({
  id: 'quoteCancellation',
  summary: 'Quotes the refund of a cancellation now',
  tag: 'Staff: actions',
  permission: 'bookings.read',
  params,
  answers: { 200: cancellationQuoteView },
  errors: ['invalid_transition'],
});

const statement = operation({
  id: 'getBookingStatement',
  summary: 'Reads the statement: price, payments, refunds and ledger transfers',
  tag: 'Staff: actions',
  permission: 'bookings.read',
  params,
  answers: { 200: statementView },
});

const link = operation({
  id: 'createGuestLink',
  summary: 'Creates a new guest link and revokes earlier links',
  description:
    'Shown once. Spends the wallet only when a manager or an owner made it and the contact of the booking is the customer.',
  tag: 'Staff: actions',
  permission: 'bookings.change',
  params,
  body: z.strictObject({}).meta({ examples: [{}] }),
  answers: {
    200: z
      .object({ url: z.string(), guestToken: z.string() })
      .meta({ examples: [{ url: 'https://book.example/manage#wq3k…', guestToken: 'wq3k…' }] }),
  },
  errors: ['version_conflict'],
  isIdempotent: true,
  isVersioned: true,
});

export const staffMoneyRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.post('/bookings/:code/refunds', refund, async (request, reply) => {
      const { propertyId } = staffOf(request);
      const target = { propertyId, code: request.params.code, ifVersion: readIfMatch(request) };
      const { booking, isPending, refundIds } = await makeRefund(request.ctx, {
        ...target,
        ...request.body,
      });
      sendVersion(reply, booking.version);
      reply.code(isPending ? 202 : 200);
      return viewRefundParts(booking.refunds.filter(({ id }) => refundIds.includes(id)));
    });

    app.post('/bookings/:code/refunds/:refundId/hand-over', handOver, async (request, reply) => {
      const { propertyId } = staffOf(request);
      const { code, refundId } = request.params;
      const target = { propertyId, code, refundId, ifVersion: readIfMatch(request) };
      const booking = await handOverRefund(request.ctx, target);
      sendVersion(reply, booking.version);
      return viewStaffBooking(booking);
    });

    app.post('/bookings/:code/payments/:paymentId/void', voidPayment, async (request, reply) => {
      const { propertyId } = staffOf(request);
      const { code, paymentId } = request.params;
      const target = { propertyId, code, paymentId, ifVersion: readIfMatch(request) };
      const booking = await voidManualPayment(request.ctx, { ...target, reason: request.body.reason });
      sendVersion(reply, booking.version);
      return viewStaffBooking(booking);
    });

    app.get('/bookings/:code/cancellation-quote', quote, async (request) => {
      const { propertyId } = staffOf(request);
      return quoteCancellation(request.ctx, { propertyId, code: request.params.code });
    });

    app.get('/bookings/:code/statement', statement, async (request) => {
      const { propertyId } = staffOf(request);
      const own = request.ctx;
      const booking = await getBooking(own, { propertyId, code: request.params.code });
      return viewStatement(booking, await listBookingTransfers(own, booking.id));
    });

    app.post('/bookings/:code/guest-link', link, async (request) => {
      const { propertyId } = staffOf(request);
      const target = { propertyId, code: request.params.code, ifVersion: readIfMatch(request) };
      const { guestToken } = await createGuestLink(request.ctx, target);
      return { url: manageUrlOf(ctx, guestToken), guestToken };
    });
  };

/** Combines the parts to one refund, which is done when all parts are done. */
function viewRefundParts(refunds: readonly RecordedRefund[]): z.output<typeof refundAnswer> {
  const parts = refunds.map(viewRefund);
  const first = parts.find(({ state }) => state !== 'DONE') ?? parts[0];
  if (first === undefined) throw new Error('Bug: a refund without a part');
  return { ...first, amount: parts.reduce((sum, { amount }) => sum + amount, 0), parts };
}
