import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../../context.ts';
import type { BookingSnapshot } from '../../../domain/booking.ts';
import { MANUAL_METHODS } from '../../../domain/booking.ts';
import type { Permission } from '../../../domain/access/permissions.ts';
import { mayDo } from '../../../domain/access/permissions.ts';
import { AppError } from '../../../errors.ts';
import type { ErrorCode } from '../../../errors.ts';
import { staffOf } from '../../../http/caller.ts';
import { readIfMatch, sendVersion } from '../../../http/contract/etag.ts';
import { bookingCode, minorUnits, slug, text } from '../../../http/contract/fields.ts';
import { operation } from '../../../http/contract/operation.ts';
import { contextOf } from '../../../http/request-context.ts';
import type { BookingActionInput } from '../../../services/booking/act-on-booking.ts';
import { approveBooking } from '../../../services/decision/approve-booking.ts';
import { cancelBooking } from '../../../services/decision/cancel-booking.ts';
import type { Cancellation } from '../../../services/decision/cancel-booking.ts';
import { declineBooking } from '../../../services/decision/decline-booking.ts';
import type { GatewayAction } from '../../../services/gateway/act-with-gateway.ts';
import { recordManualPayment } from '../../../services/payment/record-manual-payment.ts';
import { checkIn } from '../../../services/stay/check-in.ts';
import { checkOut } from '../../../services/stay/check-out.ts';
import { markNoShow } from '../../../services/stay/mark-no-show.ts';
import { staffBookingView, viewStaffBooking } from '../../views/booking/booking.ts';

const params = z.object({ slug, code: bookingCode });

/** The contract every action shares: it answers the booking, honours If-Match, and can meet a status that forbids it. */
function action<Body extends z.ZodType>(
  summary: string,
  permission: Permission,
  body: Body,
  errors: readonly ErrorCode[] = [],
) {
  return operation({
    ...{ summary, permission, body, params },
    tag: 'Staff: actions',
    answers: {
      200: staffBookingView,
      202: staffBookingView.describe('The gateway has not said yet how it ends; the booking is as it stands.'),
    },
    errors: ['version_conflict', 'invalid_transition', ...errors],
    isIdempotent: true,
    isVersioned: true,
  });
}

const nothing = z.strictObject({}).meta({ examples: [{}] });
const cancelBody = z
  .strictObject({
    reason: text(500).optional(),
    refundTo: z.enum(['CARD', 'WALLET']).optional().describe('CARD is where the money came from.'),
    refundPercent: z
      .int()
      .min(0)
      .max(100)
      .optional()
      .describe('Instead of what the policy says; needs a reason, and managers or owners.'),
  })
  .refine(({ reason, refundPercent }) => refundPercent === undefined || reason !== undefined, {
    path: ['reason'],
    message: 'say why the policy does not apply',
  })
  .meta({ examples: [{ reason: 'Guest called' }] });
const declineBody = z
  .strictObject({
    reasonCode: z.string().regex(/^[A-Z][A-Z0-9_]{0,49}$/, 'must be a code such as NO_CAPACITY'),
    note: text(1_000).optional(),
  })
  .meta({ examples: [{ reasonCode: 'NO_CAPACITY', note: 'Wedding party' }] });
const paymentBody = z
  .strictObject({ method: z.enum(MANUAL_METHODS), amount: minorUnits.min(1), reference: text(200).optional() })
  .meta({ examples: [{ method: 'CASH', amount: 28900, reference: 'till 2, 14:05' }] });
const checkInBody = z
  .strictObject({
    early: z.boolean().default(false).describe('Before the day of arrival; managers and owners only.'),
    override: text(500).optional().describe('Why a room that is not ready is used all the same.'),
  })
  .meta({ examples: [{}] });
const checkOutBody = z
  .strictObject({ waiveBalance: text(500).optional().describe('Why the balance is not collected.') })
  .meta({ examples: [{}] });

/** What the action is to be done to, by whom, and the version they have seen. */
function targetOf(request: FastifyRequest): BookingActionInput & { role: ReturnType<typeof staffOf>['role'] } {
  const { propertyId, actor, role } = staffOf(request);
  return { propertyId, actor, role, code: (request.params as { code: string }).code, ifVersion: readIfMatch(request) };
}

/** A cancellation by staff; another refund than the policy's is for those who may refund. Throws: forbidden. */
function readCancellation(request: FastifyRequest, body: z.output<typeof cancelBody>): Cancellation {
  const { role, ...target } = targetOf(request);
  const { reason = null, refundTo = 'CARD', refundPercent = null } = body;
  if (refundPercent !== null && !mayDo(role, 'refunds.make')) {
    throw new AppError('forbidden', {
      detail: 'Only a manager or an owner may refund otherwise than the policy says.',
    });
  }
  return { ...target, reason, refundTo, refundPercent };
}

function answer(reply: FastifyReply, booking: BookingSnapshot) {
  sendVersion(reply, booking.version);
  return viewStaffBooking(booking);
}

/** 202 while the gateway has still to say how it ends. */
function answerAction(reply: FastifyReply, { booking, isPending }: GatewayAction) {
  reply.code(isPending ? 202 : 200);
  return answer(reply, booking);
}

export const staffBookingActionRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.post(
      '/bookings/:code/approve',
      action('Accepts a booking', 'bookings.approve', nothing, ['payment_in_progress', 'authorization_lapsed']),
      async (request, reply) => answerAction(reply, await approveBooking(contextOf(ctx, request), targetOf(request))),
    );

    app.post(
      '/bookings/:code/decline',
      action('Refuses a booking', 'bookings.decline', declineBody, ['payment_in_progress']),
      async (request, reply) => {
        const { reasonCode, note = null } = request.body;
        return answerAction(
          reply,
          await declineBooking(contextOf(ctx, request), { ...targetOf(request), reasonCode, note }),
        );
      },
    );

    const cancel = action('Cancels a booking', 'bookings.cancel', cancelBody, ['payment_in_progress']);
    app.post('/bookings/:code/cancel', cancel, async (request, reply) => {
      return answerAction(reply, await cancelBooking(contextOf(ctx, request), readCancellation(request, request.body)));
    });
    app.delete('/bookings/:code', cancel, async (request, reply) => {
      return answerAction(reply, await cancelBooking(contextOf(ctx, request), readCancellation(request, request.body)));
    });

    const payment = action('Records money taken by hand', 'payments.record', paymentBody, [
      'hold_expired',
      'already_paid',
      'overpayment',
      'amount_mismatch',
      'payment_in_progress',
    ]);
    app.post('/bookings/:code/payments', payment, async (request, reply) => {
      const { method, amount, reference = null } = request.body;
      return answer(
        reply,
        await recordManualPayment(contextOf(ctx, request), { ...targetOf(request), method, amount, reference }),
      );
    });

    const receive = action('Receives the guest', 'stays.check-in', checkInBody, [
      'too_early',
      'past_time',
      'room_required',
      'room_not_ready',
      'sold_out',
      'room_taken',
    ]);
    app.post('/bookings/:code/check-in', receive, async (request, reply) => {
      const { role, ...target } = targetOf(request);
      const { early, override = null } = request.body;
      const mayBeEarly = mayDo(role, 'stays.check-in-early');
      return answer(reply, await checkIn(contextOf(ctx, request), { ...target, early, mayBeEarly, override }));
    });

    const leave = action('Ends the stay', 'stays.check-out', checkOutBody, [
      'too_early',
      'balance_due',
      'payment_in_progress',
    ]);
    app.post('/bookings/:code/check-out', leave, async (request, reply) => {
      const { waiveBalance = null } = request.body;
      return answer(reply, await checkOut(contextOf(ctx, request), { ...targetOf(request), waiveBalance }));
    });

    const complete = action('Ends an appointment or a stay', 'stays.check-out', checkOutBody, [
      'too_early',
      'balance_due',
      'payment_in_progress',
    ]);
    app.post('/bookings/:code/complete', complete, async (request, reply) => {
      const { waiveBalance = null } = request.body;
      return answer(reply, await checkOut(contextOf(ctx, request), { ...targetOf(request), waiveBalance }));
    });

    const noShow = action('Says that the guest did not come', 'stays.no-show', nothing, [
      'too_early',
      'payment_in_progress',
    ]);
    app.post('/bookings/:code/no-show', noShow, async (request, reply) =>
      answerAction(reply, await markNoShow(contextOf(ctx, request), targetOf(request))),
    );
  };
