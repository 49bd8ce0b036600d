import type { Tx } from '../../db/client.ts';
import type { EventContent, EventType } from '../../domain/feed/events.ts';
import type { PlainDate } from '../../domain/time/calendar.ts';
import { collectAnnounced } from './announced-here.ts';

/**
 * Leaves word of something that is becoming true in this transaction; it is told after the commit, or never.
 *
 * Only a new booking's own words are written elsewhere: by the one statement that makes it.
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
  collectAnnounced({ id: String(id), type, from: data.from ?? null, to: data.to ?? null });
}

/**
 * Leaves word that other nights of a room type can be had than before: those of [from, to), or any.
 *
 * Whoever changes what everybody can read says so, because kept answers are thrown away by it: those that show these
 * nights, or all of the property.
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
    collectAnnounced({ id, type: 'availability_changed', from: from ?? null, to: to ?? null });
  }
}

/** Leaves word that a provider's time can be had otherwise than before, in [occupiedFrom, occupiedUntil). */
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
