import type { RequestContext } from '../../../context.ts';
import type { Tx } from '../../../db/client.ts';
import type { BookingActionInput, BookingStepInput } from '../../core/booking/act-on-booking.ts';
import { assertApproved, approveBookingInTx, logApproval } from '../decision/approve-booking.ts';
import { cancelBookingInTx } from '../decision/cancel-booking.ts';
import type { FirstPhase } from '../../core/idempotency/running-request.ts';
import { actWithGateway } from '../../money/gateway/act-with-gateway.ts';
import type { GatewayAction } from '../../money/gateway/act-with-gateway.ts';
import { completeBookingInTx } from '../completion/complete-booking.ts';
import { markNoShowInTx } from '../stay/mark-no-show.ts';
import type { Destination } from './move/plan-move.ts';
import { rescheduleBooking } from './reschedule-booking.ts';

/** The statuses that staff can set. */
export type RequestedStatus = 'CONFIRMED' | 'COMPLETED' | 'CANCELLED' | 'NO_SHOW';

interface BookingChange extends BookingActionInput {
  /** Null: no move. */
  readonly to: Destination | null;
  readonly status: RequestedStatus;
  /** Reason of a cancellation. */
  readonly reason: string | null;
}

/**
 * Moves a booking where requested, then changes its status, in one transaction.
 *
 * Throws: the errors of `rescheduleBooking` and of the action behind the status.
 */
export async function changeBooking(ctx: RequestContext, input: BookingChange): Promise<GatewayAction> {
  const { to, status } = input;
  const request = { ...input, author: ctx.author };
  const assertDone = status === 'CONFIRMED' ? assertApproved : undefined;
  // The caller's version is the version before the move, so the second step checks no version.
  const next = (tx: Tx, begun: readonly string[]) => applyStatus(tx, { ...request, ifVersion: null, begun });
  const changed =
    to === null
      ? await actWithGateway(ctx, EVENT_OF[status], input, (tx) => applyStatus(tx, request), assertDone)
      : await rescheduleBooking(ctx, { ...input, to, next, assertDone });
  return status === 'CONFIRMED' ? logApproval(ctx, changed) : changed;
}

const EVENT_OF = {
  CONFIRMED: 'booking/approve',
  COMPLETED: 'booking/check-out',
  CANCELLED: 'booking/cancel',
  NO_SHOW: 'booking/no-show',
} as const satisfies Record<RequestedStatus, string>;

async function applyStatus(tx: Tx, input: BookingChange & BookingStepInput): Promise<FirstPhase> {
  switch (input.status) {
    case 'CONFIRMED':
      return approveBookingInTx(tx, input);
    case 'CANCELLED':
      return cancelBookingInTx(tx, input);
    case 'COMPLETED':
      return { bookingId: await completeBookingInTx(tx, { ...input, waiveBalance: null }), operationIds: [] };
    case 'NO_SHOW':
      return markNoShowInTx(tx, input);
  }
}
