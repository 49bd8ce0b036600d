import type { RequestContext } from '../../../context.ts';
import { cancelBooking } from '../../desk/decision/cancel-booking.ts';
import type { GatewayAction } from '../../money/gateway/act-with-gateway.ts';
import { rescheduleBooking } from '../../desk/reschedule/reschedule-booking.ts';
import type { Destination } from '../../desk/reschedule/move/plan-move.ts';

/** A change of a booking that a caller requests. Plain JSON, because a proposal stores the change. */
export type Change =
  | { readonly action: 'cancel'; readonly reason: string | null }
  | { readonly action: 'reschedule'; readonly to: Destination };

/** Applies a change by the use case that guests and staff call too. Throws: the errors of that use case. */
export async function applyChange(
  ctx: RequestContext,
  input: {
    readonly propertyId: string;
    readonly code: string;
    readonly ifVersion: number;
    readonly change: Change;
  },
): Promise<GatewayAction> {
  const { change, ...booking } = input;
  switch (change.action) {
    case 'cancel':
      return cancelBooking(ctx, { ...booking, reason: change.reason });
    case 'reschedule':
      return rescheduleBooking(ctx, { ...booking, to: change.to });
  }
}
