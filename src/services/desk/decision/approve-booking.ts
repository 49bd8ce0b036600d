import type { RequestContext } from '../../../context.ts';
import type { Tx } from '../../../db/client.ts';
import { assertAllowed } from '../../../domain/booking-status.ts';
import { assertBeforeCutOff } from '../../../domain/booking/cut-off.ts';
import { AppError } from '../../../errors.ts';
import type { BookingActionInput, BookingStepInput } from '../../core/booking/act-on-booking.ts';
import { lockBooking } from '../../core/booking/lock-booking.ts';
import { logMilestone } from '../../core/log/log-action.ts';
import type { FirstPhase } from '../../core/idempotency/running-request.ts';
import { actWithGateway } from '../../money/gateway/act-with-gateway.ts';
import type { GatewayAction } from '../../money/gateway/act-with-gateway.ts';
import { assertNothingInFlight, findCurrentPayment } from '../../money/payment/find-current-payment.ts';
import { readAmountNeeded } from '../../money/payment/read-amount-needed.ts';
import { requestOperation } from '../../money/operation/request-operation.ts';
import { changeBookingStatus } from '../../core/transition/change-booking-status.ts';

/**
 * Approves a booking. An authorized payment is captured first, and the capture confirms the booking.
 *
 * Throws: not_found, version_conflict, invalid_transition, too_late, payment_in_progress, authorization_lapsed.
 */
export async function approveBooking(ctx: RequestContext, input: BookingActionInput): Promise<GatewayAction> {
  const work = (tx: Tx) => approveBookingInTx(tx, { ...input, author: ctx.author });
  return logApproval(ctx, await actWithGateway(ctx, 'booking/approve', input, work, assertApproved));
}

/** Approves a booking in the caller's transaction, or requests the capture. Throws: as `approveBooking`. */
export async function approveBookingInTx(tx: Tx, input: BookingStepInput): Promise<FirstPhase> {
  const booking = await lockBooking(tx, input);
  const { author } = input;
  assertAllowed({ action: 'approve', kind: booking.kind, from: booking.status, by: author.actor.type });
  assertBeforeCutOff(booking);
  await assertNothingInFlight(tx, booking, input);
  const payment = await findCurrentPayment(tx, booking, ['AUTHORIZED']);
  const needed = await readAmountNeeded(tx, booking);
  const request = { booking, author, runsAtOnce: true };
  if (payment !== null && needed.balance > 0) {
    await tx.payment.update({ where: { id: payment.id }, data: { stage: 'CAPTURING' } });
    await tx.booking.update({ where: { id: booking.id }, data: { paymentStage: 'CAPTURING' } });
    // The balance can be less than the authorized amount, when the price fell since; the card pays before the wallet.
    const params = { amount: Math.min(Number(payment.amount), needed.balance) };
    const capture = { ...request, paymentId: payment.id, kind: 'CAPTURE' as const, params };
    return { bookingId: booking.id, operationIds: [await requestOperation(tx, capture)] };
  }
  // CONFIRMED requires a covered deposit, and a lapsed authorization covers nothing.
  if (needed.minimum > 0) throw new AppError('authorization_lapsed');
  await changeBookingStatus(tx, {
    booking,
    action: 'approve',
    author,
    set: { decisionBy: author.actor.id, decisionAt: booking.now, ...(payment !== null && { paymentStage: 'VOIDED' }) },
    alsoAnnounce: ['booking_confirmed'],
  });
  if (payment === null) return { bookingId: booking.id, operationIds: [] };
  // Nothing is due any more, so the whole authorization is voided.
  const release = { ...request, paymentId: payment.id, kind: 'VOID' as const };
  return { bookingId: booking.id, operationIds: [await requestOperation(tx, release)] };
}

/** Asserts after the gateway's answer that the capture succeeded. Throws: authorization_lapsed. */
export function assertApproved({ booking }: GatewayAction): void {
  if (booking.status !== 'PENDING_APPROVAL') return;
  throw new AppError('authorization_lapsed', {
    detail: 'The gateway did not capture the payment; the guest can pay again.',
  });
}

/** Logs the milestone of a confirmed booking. Returns: the given action. */
export function logApproval(ctx: RequestContext, approved: GatewayAction): GatewayAction {
  if (approved.booking.status === 'CONFIRMED') logMilestone(ctx, 'BOOKING_CONFIRMED', approved.booking);
  return approved;
}
