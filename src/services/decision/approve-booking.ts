import type { Context } from '../../context.ts';
import type { Tx } from '../../db/client.ts';
import { resolveTransition } from '../../domain/booking-status.ts';
import { AppError } from '../../errors.ts';
import type { BookingActionInput, BookingStepInput } from '../booking/act-on-booking.ts';
import { lockBooking } from '../booking/lock-booking.ts';
import { logMilestone } from '../log-action.ts';
import { actWithGateway } from '../gateway/act-with-gateway.ts';
import type { FirstBeat, GatewayAction } from '../gateway/act-with-gateway.ts';
import { assertNothingInFlight, findCurrentPayment } from '../payment/find-current-payment.ts';
import { requestOperation } from '../gateway/operation/request-operation.ts';
import { changeBookingStatus } from '../transition/change-booking-status.ts';

/**
 * Accepts a booking that waits for approval; an authorized payment is captured first, and confirms by being captured.
 *
 * Throws: not_found, version_conflict, invalid_transition, payment_in_progress, authorization_lapsed.
 */
export async function approveBooking(ctx: Context, input: BookingActionInput): Promise<GatewayAction> {
  const requestId = ctx.request.id;
  const begin = (tx: Tx) => beginApproval(tx, { ...input, requestId });
  return logApproval(ctx, await actWithGateway(ctx, 'booking/approve', input, begin, assertApproved));
}

/** The first beat of it, in the caller's transaction. */
export async function beginApproval(tx: Tx, input: BookingStepInput): Promise<FirstBeat> {
  const booking = await lockBooking(tx, input);
  const { actor, requestId } = input;
  resolveTransition({ action: 'approve', kind: booking.kind, from: booking.status, by: actor.type });
  await assertNothingInFlight(tx, booking, input);
  const payment = await findCurrentPayment(tx, booking, ['AUTHORIZED']);
  const due = booking.totalPayable - booking.paidAmount - booking.waivedAmount;
  const request = { booking, actor, requestId, runsAtOnce: true };
  if (payment !== null && due > 0) {
    await tx.payment.update({ where: { id: payment.id }, data: { stage: 'CAPTURING' } });
    await tx.booking.update({ where: { id: booking.id }, data: { paymentStage: 'CAPTURING' } });
    // Less than was authorized, when the booking has become cheaper since; the card goes before the wallet.
    const params = { amount: Math.min(Number(payment.amount), due) };
    const capture = { ...request, paymentId: payment.id, kind: 'CAPTURE' as const, params };
    return { bookingId: booking.id, operationIds: [await requestOperation(tx, capture)] };
  }
  // CONFIRMED means that what had to be paid first is there; an authorization that came to nothing is not.
  if (booking.paidAmount + booking.waivedAmount < booking.depositDue) throw new AppError('authorization_lapsed');
  await changeBookingStatus(tx, {
    ...{ booking, action: 'approve', actor, requestId },
    set: { decisionBy: actor.id, decisionAt: booking.now, ...(payment !== null && { paymentStage: 'VOIDED' }) },
    alsoAnnounce: ['booking_confirmed'],
  });
  if (payment === null) return { bookingId: booking.id, operationIds: [] };
  // Authorized for what has come to cost nothing: all of it is given back.
  const release = { ...request, paymentId: payment.id, kind: 'VOID' as const };
  return { bookingId: booking.id, operationIds: [await requestOperation(tx, release)] };
}

/** How it ended, once the gateway was asked. Throws: authorization_lapsed when there was nothing left to capture. */
export function assertApproved({ booking }: GatewayAction): void {
  if (booking.status !== 'PENDING_APPROVAL') return;
  throw new AppError('authorization_lapsed', {
    detail: 'The gateway did not capture the payment; the guest can pay again.',
  });
}

/** Logs that the booking is confirmed, where it is; answers what it was given. */
export function logApproval(ctx: Context, approved: GatewayAction): GatewayAction {
  if (approved.booking.status === 'CONFIRMED') logMilestone(ctx, 'BOOKING_CONFIRMED', approved.booking);
  return approved;
}
