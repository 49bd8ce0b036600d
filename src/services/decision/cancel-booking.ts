import type { Context } from '../../context.ts';
import type { Tx } from '../../db/client.ts';
import { resolveTransition } from '../../domain/booking-status.ts';
import { firstNightGivenBack } from '../../domain/availability/nights.ts';
import type { BookingActionInput, BookingStepInput } from '../booking/act-on-booking.ts';
import { lockBookingWithPlace } from '../booking/lock-booking.ts';
import { releasePlace } from '../inventory/release-place.ts';
import { actWithGateway } from '../gateway/act-with-gateway.ts';
import type { FirstBeat, GatewayAction } from '../gateway/act-with-gateway.ts';
import { assertMayEnd } from '../payment/find-current-payment.ts';
import { giveMoneyBack } from '../payment/give-money-back.ts';
import { quoteLocked } from '../refund/quote-cancellation.ts';
import { markRoomUsed } from '../room/mark-room-used.ts';
import { changeBookingStatus } from '../transition/change-booking-status.ts';

export interface Cancellation extends BookingActionInput {
  readonly reason: string | null;
  /** Where money goes back to: where it came from, or the customer's wallet. */
  readonly refundTo?: 'CARD' | 'WALLET';
  /** What comes back by staff's own word, in percent; otherwise what the policy says. */
  readonly refundPercent?: number | null;
}

/**
 * Cancels a booking and frees what it still holds; one that is cancelled already is answered as it is.
 *
 * What was authorized is voided; of what was paid comes back what the policy says that the booking was made under, or
 * staff. A guest who is in the house keeps the nights that were used, and only staff or an agent may end the stay.
 * Throws: not_found, version_conflict, invalid_transition, payment_in_progress.
 */
export async function cancelBooking(ctx: Context, input: Cancellation): Promise<GatewayAction> {
  const requestId = ctx.request.id;
  return actWithGateway(ctx, 'booking/cancel', input, (tx) => beginCancellation(tx, { ...input, requestId }));
}

/** The first beat of it, in the caller's transaction. */
export async function beginCancellation(tx: Tx, input: Cancellation & BookingStepInput): Promise<FirstBeat> {
  const booking = await lockBookingWithPlace(tx, input);
  if (booking.status === 'CANCELLED') return { bookingId: booking.id, operationIds: [] };
  const { actor, reason, requestId } = input;
  resolveTransition({ action: 'cancel', kind: booking.kind, from: booking.status, by: actor.type });
  await assertMayEnd(tx, booking, input);
  const status = await changeBookingStatus(tx, { booking, action: 'cancel', actor, reason, requestId });
  const { stay, today } = booking;
  const isUsed = stay !== null && booking.status === 'IN_HOUSE';
  const from = isUsed ? firstNightGivenBack({ checkIn: stay.checkIn, today }) : undefined;
  await releasePlace(tx, { booking, ...(from && { from }) });
  if (isUsed) await markRoomUsed(tx, booking, status);
  const { refundPercent = null } = input;
  const { fee } = await quoteLocked(tx, booking, refundPercent);
  const to = input.refundTo === 'WALLET' ? 'WALLET' : 'ORIGINAL';
  const origin = refundPercent === null ? 'POLICY' : 'STAFF';
  const giving = { booking: { ...booking, status }, actor, requestId, fee, to, origin, reason } as const;
  return { bookingId: booking.id, operationIds: await giveMoneyBack(tx, giving) };
}
