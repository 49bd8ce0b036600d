import type { Context } from '../../../context.ts';
import type { Actor } from '../../../domain/booking.ts';
import { cancelBooking } from '../../decision/cancel-booking.ts';
import type { GatewayAction } from '../../gateway/act-with-gateway.ts';
import { rescheduleBooking } from '../../reschedule/reschedule-booking.ts';
import type { Destination } from '../../reschedule/move/plan-move.ts';

/** What a caller wants done to a booking. Plain JSON, so that it can wait for their yes. */
export type Change =
  | { readonly action: 'cancel'; readonly reason: string | null }
  | { readonly action: 'reschedule'; readonly to: Destination };

/** Does it, by the use cases everybody uses. Throws: whatever they throw. */
export async function applyChange(
  ctx: Context,
  input: {
    readonly propertyId: string;
    readonly code: string;
    readonly actor: Actor;
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
