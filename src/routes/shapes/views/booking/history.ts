import { z } from 'zod';
import type { BookingEvent } from '../../../../db/client.ts';
import { ACTOR_TYPES, BOOKING_STATUSES } from '../../../../domain/booking-status.ts';

export const historyView = z
  .object({
    items: z.array(
      z.object({
        at: z.string(),
        actor: z.object({ type: z.enum(ACTOR_TYPES), name: z.string().optional() }),
        action: z.string(),
        from: z.enum(BOOKING_STATUSES).nullable(),
        to: z.enum(BOOKING_STATUSES),
        reason: z.string().optional(),
        changes: z.record(z.string(), z.tuple([z.unknown(), z.unknown()])).optional(),
      }),
    ),
    nextCursor: z.string().nullable(),
  })
  .meta({
    examples: [
      {
        items: [
          {
            at: '2027-05-01T09:00:00.000Z',
            actor: { type: 'GUEST' },
            action: 'create',
            from: null,
            to: 'PENDING_APPROVAL',
          },
          {
            at: '2027-05-01T09:05:00.000Z',
            actor: { type: 'STAFF', name: 'Finn' },
            action: 'approve',
            from: 'PENDING_APPROVAL',
            to: 'CONFIRMED',
          },
        ],
        nextCursor: null,
      },
    ],
  });

export function viewHistory(events: readonly BookingEvent[]): z.output<typeof historyView>['items'] {
  return events.map((event) => ({
    at: event.at.toISOString(),
    actor: { type: event.actorType, ...(event.actorName !== null && { name: event.actorName }) },
    action: event.action,
    from: event.fromStatus,
    to: event.toStatus,
    ...(event.reason !== null && { reason: event.reason }),
    ...(event.changes !== null && { changes: event.changes as Record<string, [unknown, unknown]> }),
  }));
}
