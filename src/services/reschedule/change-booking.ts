import type { Context } from '../../context.ts';
import type { Tx } from '../../db/client.ts';
import type { BookingActionInput, BookingStepInput } from '../booking/act-on-booking.ts';
import { assertApproved, beginApproval, logApproval } from '../decision/approve-booking.ts';
import { beginCancellation } from '../decision/cancel-booking.ts';
import { actWithGateway } from '../gateway/act-with-gateway.ts';
import type { FirstBeat, GatewayAction } from '../gateway/act-with-gateway.ts';
import { complete } from '../stay/check-out.ts';
import { takeAsNoShow } from '../stay/mark-no-show.ts';
import type { Destination } from './move/plan-move.ts';
import { rescheduleBooking } from './reschedule-booking.ts';

/** The statuses that staff give a booking. */
export type GivenStatus = 'CONFIRMED' | 'COMPLETED' | 'CANCELLED' | 'NO_SHOW';

interface BookingChange extends BookingActionInput {
  /** Null: it stays where it is. */
  readonly to: Destination | null;
  readonly status: GivenStatus;
  /** Of a cancellation. */
  readonly reason: string | null;
}

/**
 * Gives a booking another status and, where one is said, another time, party or place first; all of it or nothing.
 *
 * Throws: what `rescheduleBooking` throws, and what the action behind the status does.
 */
export async function changeBooking(ctx: Context, input: BookingChange): Promise<GatewayAction> {
  const { to, status } = input;
  const given = { ...input, requestId: ctx.request.id };
  const assertDone = status === 'CONFIRMED' ? assertApproved : undefined;
  // The version that the caller has seen is that before the move.
  const next = (tx: Tx, begun: readonly string[]) => giveStatus(tx, { ...given, ifVersion: null, begun });
  const changed =
    to === null
      ? await actWithGateway(ctx, EVENT_OF[status], input, (tx) => giveStatus(tx, given), assertDone)
      : await rescheduleBooking(ctx, { ...input, to, next, assertDone });
  return status === 'CONFIRMED' ? logApproval(ctx, changed) : changed;
}

const EVENT_OF = {
  CONFIRMED: 'booking/approve',
  COMPLETED: 'booking/check-out',
  CANCELLED: 'booking/cancel',
  NO_SHOW: 'booking/no-show',
} as const satisfies Record<GivenStatus, string>;

async function giveStatus(tx: Tx, input: BookingChange & BookingStepInput): Promise<FirstBeat> {
  switch (input.status) {
    case 'CONFIRMED':
      return beginApproval(tx, input);
    case 'CANCELLED':
      return beginCancellation(tx, input);
    case 'COMPLETED':
      return { bookingId: await complete(tx, { ...input, waiveBalance: null }), operationIds: [] };
    case 'NO_SHOW':
      return takeAsNoShow(tx, input);
  }
}
