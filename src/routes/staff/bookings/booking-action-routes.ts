import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../../context.ts';
import type { BookingSnapshot } from '../../../domain/booking/booking.ts';
import { MANUAL_METHODS } from '../../../domain/booking/booking.ts';
import type { Permission } from '../../../domain/access/permissions.ts';
import { hasPermission } from '../../../domain/access/permissions.ts';
import { AppError } from '../../../errors.ts';
import type { ErrorCode } from '../../../errors.ts';
import { staffOf } from '../../../http/access/caller.ts';
import { readIfMatch, sendVersion } from '../../../http/contract/etag.ts';
import { bookingCode, minorUnits, slug, text } from '../../../http/contract/fields.ts';
import { operation, withOperationId } from '../../../http/contract/operation.ts';
import type { BookingActionInput } from '../../../services/core/booking/act-on-booking.ts';
import { approveBooking } from '../../../services/desk/decision/approve-booking.ts';
import { cancelBooking } from '../../../services/desk/decision/cancel-booking.ts';
import type { Cancellation } from '../../../services/desk/decision/cancel-booking.ts';
import { declineBooking } from '../../../services/desk/decision/decline-booking.ts';
import type { GatewayAction } from '../../../services/money/gateway/act-with-gateway.ts';
import { recordManualPayment } from '../../../services/money/checkout/record-manual-payment.ts';
import { checkIn } from '../../../services/desk/stay/check-in.ts';
import { completeBooking } from '../../../services/desk/completion/complete-booking.ts';
import { markNoShow } from '../../../services/desk/stay/mark-no-show.ts';
import { staffBookingView, viewStaffBooking } from '../../shapes/views/booking/booking.ts';

const params = z.object({ slug, code: bookingCode });

interface Action<Body extends z.ZodType> {
  readonly id: string;
  readonly summary: string;
  readonly permission: Permission;
  readonly body: Body;
  readonly errors?: readonly ErrorCode[];
}

/** Builds the contract of a booking action: responds with the booking, honours If-Match, may meet a forbidding status. */
function action<Body extends z.ZodType>({ id, summary, permission, body, errors = [] }: Action<Body>) {
  return operation({
    id,
    summary,
    permission,
    body,
    params,
    tag: 'Staff: actions',
    answers: {
      200: staffBookingView,
      202: staffBookingView.describe(
        'The payment gateway has not confirmed the outcome yet; the booking is unchanged.',
      ),
    },
    errors: ['version_conflict', 'invalid_transition', ...errors],
    isIdempotent: true,
    isVersioned: true,
  });
}

const nothing = z.strictObject({}).meta({ examples: [{}] });
const cancelBody = z
  .strictObject({
    reason: text(500).optional().describe('Required once the booking has begun.'),
    refundTo: z
      .enum(['CARD', 'WALLET'])
      .optional()
      .describe('CARD refunds to the original payment method. WALLET needs a manager or an owner.'),
    refundPercent: z
      .int()
      .min(0)
      .max(100)
      .optional()
      .describe('Overrides the cancellation policy; needs `reason`, and a manager or an owner.'),
  })
  .refine(({ reason, refundPercent }) => refundPercent === undefined || reason !== undefined, {
    path: ['reason'],
    message: 'must say why the policy does not apply',
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
    early: z.boolean().default(false).describe('Checks in before the day of arrival; managers and owners only.'),
    override: text(500).optional().describe('The reason for using a room that is not ready.'),
  })
  .meta({ examples: [{}] });
const checkOutBody = z
  .strictObject({ waiveBalance: text(500).optional().describe('The reason for not collecting the balance.') })
  .meta({ examples: [{}] });

/** Reads the booking, the caller's role and the If-Match version from the request. */
function targetOf(request: FastifyRequest): BookingActionInput & { role: ReturnType<typeof staffOf>['role'] } {
  const { propertyId, role } = staffOf(request);
  return { propertyId, role, code: (request.params as { code: string }).code, ifVersion: readIfMatch(request) };
}

/** Reads a cancellation by staff. Throws: forbidden when the role may not override the policy's refund. */
function readCancellation(request: FastifyRequest, body: z.output<typeof cancelBody>): Cancellation {
  const { role, ...target } = targetOf(request);
  const { reason = null, refundTo = 'CARD', refundPercent = null } = body;
  if (refundPercent !== null && !hasPermission(role, 'refunds.make')) {
    throw new AppError('forbidden', {
      detail: 'Only a manager or an owner may override the refund of the cancellation policy.',
    });
  }
  return { ...target, reason, refundTo, refundPercent };
}

function respondWithBooking(reply: FastifyReply, booking: BookingSnapshot) {
  sendVersion(reply, booking.version);
  return viewStaffBooking(booking);
}

/** Responds with 202 while the outcome at the payment gateway is unknown. */
function respondWithAction(reply: FastifyReply, { booking, isPending }: GatewayAction) {
  reply.code(isPending ? 202 : 200);
  return respondWithBooking(reply, booking);
}

export const staffBookingActionRoutes =
  (_ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.post(
      '/bookings/:code/approve',
      action({
        id: 'approveBooking',
        summary: 'Approves a booking',
        permission: 'bookings.approve',
        body: nothing,
        errors: ['too_late', 'payment_in_progress', 'authorization_lapsed'],
      }),
      async (request, reply) => respondWithAction(reply, await approveBooking(request.ctx, targetOf(request))),
    );

    app.post(
      '/bookings/:code/decline',
      action({
        id: 'declineBooking',
        summary: 'Declines a booking',
        permission: 'bookings.decline',
        body: declineBody,
        errors: ['payment_in_progress'],
      }),
      async (request, reply) => {
        const { reasonCode, note = null } = request.body;
        return respondWithAction(reply, await declineBooking(request.ctx, { ...targetOf(request), reasonCode, note }));
      },
    );

    const cancel = action({
      id: 'cancelBooking',
      summary: 'Cancels a booking',
      permission: 'bookings.cancel',
      body: cancelBody,
      errors: ['payment_in_progress'],
    });
    app.post('/bookings/:code/cancel', cancel, async (request, reply) => {
      return respondWithAction(reply, await cancelBooking(request.ctx, readCancellation(request, request.body)));
    });
    app.delete('/bookings/:code', withOperationId(cancel, 'cancelBookingByDelete'), async (request, reply) => {
      return respondWithAction(reply, await cancelBooking(request.ctx, readCancellation(request, request.body)));
    });

    const payment = action({
      id: 'recordPayment',
      summary: 'Records a manual payment',
      permission: 'payments.record',
      body: paymentBody,
      errors: ['hold_expired', 'already_paid', 'overpayment', 'amount_mismatch', 'payment_in_progress'],
    });
    app.post('/bookings/:code/payments', payment, async (request, reply) => {
      const { method, amount, reference = null } = request.body;
      return respondWithBooking(
        reply,
        await recordManualPayment(request.ctx, { ...targetOf(request), method, amount, reference }),
      );
    });

    const arrive = action({
      id: 'checkInBooking',
      summary: 'Checks the guest in',
      permission: 'stays.check-in',
      body: checkInBody,
      errors: ['too_early', 'past_time', 'room_required', 'room_not_ready', 'sold_out', 'room_taken'],
    });
    app.post('/bookings/:code/check-in', arrive, async (request, reply) => {
      const { role, ...target } = targetOf(request);
      const { early, override = null } = request.body;
      const mayBeEarly = hasPermission(role, 'stays.check-in-early');
      return respondWithBooking(reply, await checkIn(request.ctx, { ...target, early, mayBeEarly, override }));
    });

    const leave = action({
      id: 'checkOutBooking',
      summary: 'Checks the guest out',
      permission: 'stays.check-out',
      body: checkOutBody,
      errors: ['too_early', 'balance_due', 'payment_in_progress'],
    });
    app.post('/bookings/:code/check-out', leave, async (request, reply) => {
      const { waiveBalance = null } = request.body;
      return respondWithBooking(reply, await completeBooking(request.ctx, { ...targetOf(request), waiveBalance }));
    });

    const complete = action({
      id: 'completeBooking',
      summary: 'Completes an appointment or a stay',
      permission: 'stays.check-out',
      body: checkOutBody,
      errors: ['too_early', 'balance_due', 'payment_in_progress'],
    });
    app.post('/bookings/:code/complete', complete, async (request, reply) => {
      const { waiveBalance = null } = request.body;
      return respondWithBooking(reply, await completeBooking(request.ctx, { ...targetOf(request), waiveBalance }));
    });

    const noShow = action({
      id: 'markNoShow',
      summary: 'Marks a booking as a no-show',
      permission: 'stays.no-show',
      body: nothing,
      errors: ['too_early', 'payment_in_progress'],
    });
    app.post('/bookings/:code/no-show', noShow, async (request, reply) =>
      respondWithAction(reply, await markNoShow(request.ctx, targetOf(request))),
    );
  };
