import type { Prisma, Tx } from '../../../db/client.ts';
import type { LockedBooking } from '../../../db/locks.ts';
import type { Author } from '../../../domain/booking/booking.ts';
import { resolveTransition } from '../../../domain/booking-status.ts';
import type { BookingAction, BookingStatus } from '../../../domain/booking-status.ts';
import { ACTION_EVENTS } from '../../../domain/feed/events.ts';
import type { EventContent, EventType } from '../../../domain/feed/events.ts';
import { recordEvent } from './record-event.ts';
import type { RecordedEvent } from './record-event.ts';

interface StatusChange {
  /** Locked by the caller. */
  readonly booking: LockedBooking;
  readonly action: BookingAction;
  readonly author: Author;
  /** The target, where the table allows the action more than one. */
  readonly to?: BookingStatus;
  readonly reason?: string | null;
  readonly changes?: NonNullable<RecordedEvent['changes']>;
  /** Columns that change with the status, such as the author and the reason of a decision. */
  readonly set?: Omit<Prisma.BookingUncheckedUpdateInput, 'status'>;
  /** Events beside `booking_status_changed` and the action's event. */
  readonly alsoAnnounce?: readonly EventType[];
  readonly eventData?: EventContent;
}

/**
 * Changes a booking's status: the only writer of `bookings.status` after creation.
 *
 * Checks the status table, and writes status, timestamp, audit row and outbox messages in the caller's transaction.
 * Consequences such as released nights and refunds are the use case's.
 * Locks: expects the booking's row locked.
 * Throws: invalid_transition.
 * Returns: the new status.
 */
export async function changeBookingStatus(tx: Tx, change: StatusChange): Promise<BookingStatus> {
  const { booking, action, author } = change;
  const to = resolveTransition({
    action,
    kind: booking.kind,
    from: booking.status,
    by: author.actor.type,
    ...(change.to && { to: change.to }),
  });
  const { count } = await tx.booking.updateMany({
    where: { id: booking.id, status: booking.status },
    data: { ...change.set, ...timestampOf(to, booking.now), status: to },
  });
  if (count !== 1) throw new Error(`Bug: booking ${booking.id} changed though it was locked`);
  await recordEvent(tx, {
    booking: { ...booking, status: to },
    action,
    author,
    fromStatus: booking.status,
    reason: change.reason ?? null,
    ...(change.changes && { changes: change.changes }),
    announce: ['booking_status_changed', ACTION_EVENTS[action], ...(change.alsoAnnounce ?? [])],
    ...(change.eventData && { eventData: change.eventData }),
  });
  return to;
}

function timestampOf(status: BookingStatus, now: Date): Prisma.BookingUncheckedUpdateInput {
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
      // The hold has ended, and its deadline with it. A lapsed authorization sets a new deadline for paying again.
      return { expiresAt: null };
    case 'PENDING_PAYMENT':
    case 'DECLINED':
    case 'EXPIRED':
    case 'NO_SHOW':
      return {};
  }
}
