import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../../context.ts';
import type { RecordedRefund } from '../../../domain/booking.ts';
import { staffOf } from '../../../http/caller.ts';
import { readIfMatch, sendVersion } from '../../../http/contract/etag.ts';
import { bookingCode, minorUnits, slug, text } from '../../../http/contract/fields.ts';
import { operation } from '../../../http/contract/operation.ts';
import { contextOf } from '../../../http/request-context.ts';
import { createGuestLink } from '../../../services/auth/create-guest-link.ts';
import { getBooking } from '../../../services/booking/get-booking.ts';
import { listBookingTransfers } from '../../../services/booking/list/list-booking-transfers.ts';
import { handOverRefund } from '../../../services/refund/hand-over-refund.ts';
import { makeRefund } from '../../../services/refund/make-refund.ts';
import { quoteCancellation } from '../../../services/refund/quote-cancellation.ts';
import { staffBookingView, viewStaffBooking } from '../../views/booking/booking.ts';
import { cancellationQuoteView } from '../../views/money/cancellation-quote.ts';
import { manageUrlOf } from '../../views/booking/created-booking.ts';
import { exampleRefund, refundView, viewRefund } from '../../views/money/refund.ts';
import { statementView, viewStatement } from '../../views/money/statement.ts';

const params = z.object({ slug, code: bookingCode });
const refundAnswer = refundView
  .extend({ parts: z.array(refundView).describe('One per payment that it is taken from.') })
  .meta({ examples: [{ ...exampleRefund, parts: [exampleRefund] }] });

const refund = operation({
  summary: 'Gives money back',
  description:
    'Out of the cards first, then the wallet, then what was paid by hand, which counts as handed over. Never more than was taken.',
  tag: 'Staff: actions',
  permission: 'refunds.make',
  params,
  body: z
    .strictObject({ amount: minorUnits.min(1), reason: text(500), to: z.enum(['CARD', 'WALLET']).default('CARD') })
    .meta({ examples: [{ amount: 5_000, reason: 'Shower was cold' }] }),
  answers: { 200: refundAnswer, 202: refundAnswer.describe('The gateway has not said yet how it ends.') },
  errors: ['version_conflict', 'refund_exceeds_captured', 'payment_in_progress'],
  isIdempotent: true,
  isVersioned: true,
});

const handOver = operation({
  summary: 'Notes that a refund was given back by hand',
  tag: 'Staff: actions',
  permission: 'payments.record',
  params: params.extend({ refundId: z.uuid() }),
  body: z.strictObject({}).meta({ examples: [{}] }),
  answers: { 200: staffBookingView },
  errors: ['version_conflict', 'invalid_transition'],
  isIdempotent: true,
  isVersioned: true,
});

const quote = operation({
  summary: 'What would come back if the booking were cancelled now',
  tag: 'Staff: actions',
  permission: 'bookings.read',
  params,
  answers: { 200: cancellationQuoteView },
  errors: ['invalid_transition'],
});

const statement = operation({
  summary: 'What the booking costs, what was paid and given back, and what the ledger has of it',
  tag: 'Staff: actions',
  permission: 'bookings.read',
  params,
  answers: { 200: statementView },
});

const link = operation({
  summary: 'A new link for the guest; the ones before it end',
  description: 'It may do everything, the wallet included. Shown once.',
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
      const { propertyId, actor } = staffOf(request);
      const target = { propertyId, actor, code: request.params.code, ifVersion: readIfMatch(request) };
      const { booking, isPending, refundIds } = await makeRefund(contextOf(ctx, request), {
        ...target,
        ...request.body,
      });
      sendVersion(reply, booking.version);
      reply.code(isPending ? 202 : 200);
      return answerRefund(booking.refunds.filter(({ id }) => refundIds.includes(id)));
    });

    app.post('/bookings/:code/refunds/:refundId/hand-over', handOver, async (request, reply) => {
      const { propertyId, actor } = staffOf(request);
      const { code, refundId } = request.params;
      const target = { propertyId, actor, code, refundId, ifVersion: readIfMatch(request) };
      const booking = await handOverRefund(contextOf(ctx, request), target);
      sendVersion(reply, booking.version);
      return viewStaffBooking(booking);
    });

    app.get('/bookings/:code/cancellation-quote', quote, async (request) => {
      const { propertyId, actor } = staffOf(request);
      return quoteCancellation(contextOf(ctx, request), { propertyId, actor, code: request.params.code });
    });

    app.get('/bookings/:code/statement', statement, async (request) => {
      const { propertyId } = staffOf(request);
      const own = contextOf(ctx, request);
      const booking = await getBooking(own, { propertyId, code: request.params.code });
      return viewStatement(booking, await listBookingTransfers(own, booking.id));
    });

    app.post('/bookings/:code/guest-link', link, async (request) => {
      const { propertyId, actor } = staffOf(request);
      const target = { propertyId, actor, code: request.params.code, ifVersion: readIfMatch(request) };
      const { guestToken } = await createGuestLink(contextOf(ctx, request), target);
      return { url: manageUrlOf(ctx, guestToken), guestToken };
    });
  };

/** What was asked for, as one refund: it is done when all its parts are. */
function answerRefund(refunds: readonly RecordedRefund[]): z.output<typeof refundAnswer> {
  const parts = refunds.map(viewRefund);
  const first = parts.find(({ state }) => state !== 'DONE') ?? parts[0];
  if (first === undefined) throw new Error('Bug: a refund without a part');
  return { ...first, amount: parts.reduce((sum, { amount }) => sum + amount, 0), parts };
}
