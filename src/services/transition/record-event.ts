import type { Tx } from '../../db/client.ts';
import type { Actor } from '../../domain/booking.ts';
import type { BookingStatus } from '../../domain/booking-status.ts';
import type { EventContent, EventType } from '../../domain/feed/events.ts';
import { announce } from '../feed/announce.ts';

/** Something that was done to a booking. */
export interface RecordedEvent {
  readonly booking: {
    readonly id: string;
    readonly propertyId: string;
    readonly code: string;
    readonly status: BookingStatus;
  };
  readonly action: string;
  readonly actor: Actor;
  readonly requestId: string | null;
  readonly fromStatus?: BookingStatus;
  readonly reason?: string | null;
  /** {field: [before, after]} */
  readonly changes?: Record<string, readonly [string | number | null, string | number | null]>;
  /** What the outside hears of it. */
  readonly announce: readonly EventType[];
  readonly announced?: EventContent;
}

/**
 * Writes the audit row and the outbox messages of one change, in the change's own transaction.
 *
 * `booking.status` is the status after the change.
 */
export async function recordEvent(tx: Tx, event: RecordedEvent): Promise<void> {
  const { booking, actor } = event;
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
      requestId: event.requestId,
      ...(event.changes && { changes: event.changes }),
    },
  });
  const data = {
    bookingCode: booking.code,
    status: booking.status,
    ...(actor.type === 'STAFF' && actor.name !== null && { staffUser: actor.name }),
    ...event.announced,
  };
  const { id: bookingId, propertyId } = booking;
  for (const type of event.announce) await announce(tx, { propertyId, bookingId, type, data });
}
