import type { RequestContext } from '../../../context.ts';
import type { Tx } from '../../../db/client.ts';
import { assertAllowed } from '../../../domain/booking-status.ts';
import { findFirstReleasedNight } from '../../../domain/availability/nights.ts';
import { assertCancellableBy } from '../../../domain/booking/cut-off.ts';
import { AppError } from '../../../errors.ts';
import type { BookingActionInput, BookingStepInput } from '../../core/booking/act-on-booking.ts';
import { lockBookingWithAllocation } from '../../core/booking/lock-booking.ts';
import { releaseAllocation } from '../../stock/allocation/release-allocation.ts';
import type { FirstPhase } from '../../core/idempotency/running-request.ts';
import { actWithGateway } from '../../money/gateway/act-with-gateway.ts';
import type { GatewayAction } from '../../money/gateway/act-with-gateway.ts';
import { assertNothingInFlight } from '../../money/payment/find-current-payment.ts';
import { refundAndReleasePayments } from '../../money/refund/refund-and-release-payments.ts';
import { quoteCancellationInTx } from '../../money/refund/policy/quote-cancellation.ts';
import { markRoomUsed } from '../../stock/room-assignment/mark-room-used.ts';
import { changeBookingStatus } from '../../core/transition/change-booking-status.ts';

export interface Cancellation extends BookingActionInput {
  readonly reason: string | null;
  /** Target of the refund: the original payment or the customer's wallet. */
  readonly refundTo?: 'CARD' | 'WALLET';
  /** Percentage that staff refund in place of the policy; null: the policy decides. */
  readonly refundPercent?: number | null;
}

/**
 * Cancels a booking, releases its place and refunds what the booking's frozen cancellation policy, or staff, allows.
 *
 * An authorization is voided. After the start only staff cancel, with a reason, and the policy refunds nothing.
 * Idempotent: returns a cancelled booking unchanged.
 * Throws: not_found, version_conflict, invalid_transition, too_late, validation_failed (no reason),
 * payment_in_progress.
 */
export async function cancelBooking(ctx: RequestContext, input: Cancellation): Promise<GatewayAction> {
  const { author } = ctx;
  return actWithGateway(ctx, 'booking/cancel', input, (tx) => cancelBookingInTx(tx, { ...input, author }));
}

/** Cancels a booking in the caller's transaction and requests the refunds. Throws: as `cancelBooking`. */
export async function cancelBookingInTx(tx: Tx, input: Cancellation & BookingStepInput): Promise<FirstPhase> {
  const booking = await lockBookingWithAllocation(tx, input);
  if (booking.status === 'CANCELLED') return { bookingId: booking.id, operationIds: [] };
  const { reason, author } = input;
  assertAllowed({ action: 'cancel', kind: booking.kind, from: booking.status, by: author.actor.type });
  assertCancellableBy(author.actor.type, booking);
  if (reason === null && booking.now >= booking.startsAt) throw reasonRequired();
  await assertNothingInFlight(tx, booking, input);
  const status = await changeBookingStatus(tx, { booking, action: 'cancel', author, reason });
  const { stay, tonight } = booking;
  const isUsed = stay !== null && booking.status === 'IN_HOUSE';
  const from = isUsed ? findFirstReleasedNight({ checkIn: stay.checkIn, tonight }) : undefined;
  await releaseAllocation(tx, { booking, ...(from && { from }) });
  if (isUsed) await markRoomUsed(tx, booking, status);
  const { refundPercent = null } = input;
  const { fee } = await quoteCancellationInTx(tx, booking, refundPercent);
  const to = input.refundTo === 'WALLET' ? 'WALLET' : 'ORIGINAL';
  const origin = refundPercent === null ? 'POLICY' : 'STAFF';
  const cancelled = { ...booking, status };
  const operationIds = await refundAndReleasePayments(tx, { booking: cancelled, author, fee, to, origin, reason });
  return { bookingId: booking.id, operationIds };
}

function reasonRequired(): AppError {
  const message = 'is required once the booking has begun';
  return new AppError('validation_failed', { detail: `reason: ${message}`, errors: [{ path: 'reason', message }] });
}
