import type { Prisma, Tx } from '../../db/client.ts';
import type { LockedBooking } from '../../db/locks.ts';
import type { Actor } from '../../domain/booking.ts';
import { resolveTransition } from '../../domain/booking-status.ts';
import type { BookingAction, BookingStatus } from '../../domain/booking-status.ts';
import { ACTION_EVENTS } from '../../domain/feed/events.ts';
import type { EventContent, EventType } from '../../domain/feed/events.ts';
import { recordEvent } from './record-event.ts';
import type { RecordedEvent } from './record-event.ts';

interface StatusChange {
  /** Locked by the caller. */
  readonly booking: LockedBooking;
  readonly action: BookingAction;
  readonly actor: Actor;
  readonly requestId: string | null;
  /** Where the action can end in more than one status. */
  readonly to?: BookingStatus;
  readonly reason?: string | null;
  readonly changes?: NonNullable<RecordedEvent['changes']>;
  /** Columns that change with the status, such as who decided and why. */
  readonly set?: Omit<Prisma.BookingUncheckedUpdateInput, 'status'>;
  /** Events beside the status change and the action's own. */
  readonly alsoAnnounce?: readonly EventType[];
  readonly announced?: EventContent;
}

/**
 * Moves a booking to another status: the only writer of `bookings.status` after creation.
 *
 * Checks the table, writes the status and the time it was reached, an audit row and the outbox messages, all in the
 * caller's transaction. Consequences (releasing nights, refunds) are the use case's.
 * Locks: expects the booking's row locked. Throws: invalid_transition. Answers the new status.
 */
export async function changeBookingStatus(tx: Tx, change: StatusChange): Promise<BookingStatus> {
  const { booking, action, actor } = change;
  const to = resolveTransition({
    action,
    kind: booking.kind,
    from: booking.status,
    by: actor.type,
    ...(change.to && { to: change.to }),
  });
  const { count } = await tx.booking.updateMany({
    where: { id: booking.id, status: booking.status },
    data: { ...change.set, ...timeReached(to, booking.now), status: to },
  });
  if (count !== 1) throw new Error(`Bug: booking ${booking.id} changed though it was locked`);
  await recordEvent(tx, {
    booking: { ...booking, status: to },
    action,
    actor,
    requestId: change.requestId,
    fromStatus: booking.status,
    reason: change.reason ?? null,
    ...(change.changes && { changes: change.changes }),
    announce: ['booking_status_changed', ACTION_EVENTS[action], ...(change.alsoAnnounce ?? [])],
    ...(change.announced && { announced: change.announced }),
  });
  return to;
}

function timeReached(status: BookingStatus, now: Date): Prisma.BookingUncheckedUpdateInput {
  switch (status) {
    case 'CONFIRMED':
      return { confirmedAt: now };
    case 'IN_HOUSE':
      return { checkedInAt: now };
    case 'COMPLETED':
      return { checkedOutAt: now };
    case 'CANCELLED':
      return { cancelledAt: now };
    case 'PENDING_APPROVAL':
      // The hold's deadline is over with the hold; one for paying again is set when an authorization lapses.
      return { expiresAt: null };
    case 'PENDING_PAYMENT':
    case 'DECLINED':
    case 'EXPIRED':
    case 'NO_SHOW':
      return {};
  }
}
