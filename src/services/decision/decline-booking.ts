import type { Context } from '../../context.ts';
import type { Tx } from '../../db/client.ts';
import type { LockedBooking } from '../../db/locks.ts';
import type { Actor, BookingSnapshot } from '../../domain/booking.ts';
import { releaseStay } from '../inventory/release-stay.ts';
import { changeBookingStatus } from '../transition/change-booking-status.ts';
import { actOnBooking } from '../booking/act-on-booking.ts';
import type { BookingActionInput } from '../booking/act-on-booking.ts';
import { lockBookingWithPlace } from '../booking/lock-booking.ts';

interface Decline {
  readonly reasonCode: string;
  readonly note: string | null;
}

/** Refuses a booking that waits for approval and frees its nights. Throws: not_found, version_conflict, invalid_transition. */
export async function declineBooking(ctx: Context, input: BookingActionInput & Decline): Promise<BookingSnapshot> {
  return actOnBooking(ctx, 'booking/decline', input, async (tx) => {
    const booking = await lockBookingWithPlace(tx, input);
    await declineLocked(tx, { ...input, booking, requestId: ctx.request.id });
    return booking.id;
  });
}

/** The decline itself, for staff and for the system. Expects the booking locked with its place. */
export async function declineLocked(
  tx: Tx,
  input: Decline & { booking: LockedBooking; actor: Actor; requestId: string | null },
): Promise<void> {
  const { booking, actor, reasonCode, note } = input;
  await changeBookingStatus(tx, {
    ...{ booking, action: 'decline', actor, requestId: input.requestId, reason: reasonCode },
    set: { decisionBy: actor.id, decisionAt: booking.now, declineReasonCode: reasonCode, declineReasonNote: note },
  });
  if (booking.stay !== null) await releaseStay(tx, { booking, from: booking.stay.checkIn });
}
