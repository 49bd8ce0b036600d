import type { Tx } from '../../../db/client.ts';
import type { Author } from '../../../domain/booking/booking.ts';
import type { BookingStatus } from '../../../domain/booking-status.ts';
import type { EventContent, EventType } from '../../../domain/feed/events.ts';
import { announce } from '../feed/announce.ts';

/** An action on a booking, for the audit and the feed. */
export interface RecordedEvent {
  readonly booking: {
    readonly id: string;
    readonly propertyId: string;
    readonly code: string;
    readonly status: BookingStatus;
  };
  readonly action: string;
  readonly author: Author;
  readonly fromStatus?: BookingStatus;
  readonly reason?: string | null;
  /** By field: the values before and after. */
  readonly changes?: Record<string, readonly [string | number | null, string | number | null]>;
  /** The events to write to the feed. */
  readonly announce: readonly EventType[];
  readonly eventData?: EventContent;
}

/**
 * Writes the audit row and the outbox messages of a change, in the change's transaction.
 *
 * `booking.status` is the status after the change.
 */
export async function recordEvent(tx: Tx, event: RecordedEvent): Promise<void> {
  const { booking } = event;
  const { actor, requestId } = event.author;
  await tx.bookingEvent.create({
    data: {
      bookingId: booking.id,
      actorType: actor.type,
      actorId: actor.id,
      actorName: actor.name,
      action: event.action,
      fromStatus: event.fromStatus ?? booking.status,
      toStatus: booking.status,
      reason: event.reason ?? null,
      requestId,
      ...(event.changes && { changes: event.changes }),
    },
  });
  const data = {
    bookingCode: booking.code,
    status: booking.status,
    ...(actor.type === 'STAFF' && actor.name !== null && { staffUser: actor.name }),
    ...event.eventData,
  };
  const { id: bookingId, propertyId } = booking;
  for (const type of event.announce) await announce(tx, { propertyId, bookingId, type, data });
}
