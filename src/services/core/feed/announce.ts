import type { Tx } from '../../../db/client.ts';
import { collectAnnounced } from '../../../db/transaction.ts';
import type { EventContent, EventType } from '../../../domain/feed/events.ts';
import type { PlainDate } from '../../../domain/time/calendar.ts';

/**
 * Writes an event to the outbox, in the transaction of its change: published after the commit, or never.
 *
 * The statements that create bookings write a new booking's events without this function.
 */
export async function announce(
  tx: Tx,
  event: {
    readonly propertyId: string;
    readonly bookingId?: string | null;
    readonly type: EventType;
    readonly data: EventContent;
  },
): Promise<void> {
  const { propertyId, bookingId = null, type, data } = event;
  const row = { propertyId, bookingId, type, data: { ...data } };
  const { id } = await tx.outboxMessage.create({ data: row, select: { id: true } });
  collectAnnounced(tx, { id: String(id), type, from: data.from ?? null, to: data.to ?? null });
}

/**
 * Announces that a room type's availability has changed, in the nights [from, to) or in all.
 *
 * Every change of public data announces such an event, because the event drops the cached responses with these nights,
 * or without dates all cached responses of the property.
 */
export async function announceAvailability(
  tx: Tx,
  { roomTypeId, from, to }: { readonly roomTypeId: string; readonly from?: PlainDate; readonly to?: PlainDate },
): Promise<void> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    INSERT INTO outbox_messages (property_id, type, data)
    SELECT r.property_id, 'availability_changed',
      jsonb_strip_nulls(jsonb_build_object('roomType', r.code, 'from', ${from ?? null}::text, 'to', ${to ?? null}::text))
    FROM room_types r WHERE r.id = ${roomTypeId}::uuid RETURNING id::text`;
  for (const { id } of rows) {
    collectAnnounced(tx, { id, type: 'availability_changed', from: from ?? null, to: to ?? null });
  }
}

/** Announces that a provider's availability has changed in [occupiedFrom, occupiedUntil). */
export async function announceTime(
  tx: Tx,
  time: {
    readonly propertyId: string;
    readonly providerId: string;
    readonly occupiedFrom: Date;
    readonly occupiedUntil: Date;
  },
): Promise<void> {
  const { propertyId, providerId, occupiedFrom, occupiedUntil } = time;
  const { code: provider } = await tx.provider.findUniqueOrThrow({ where: { id: providerId }, select: { code: true } });
  const data = { provider, from: occupiedFrom.toISOString(), to: occupiedUntil.toISOString() };
  await announce(tx, { propertyId, type: 'availability_changed', data });
}
