import type { Tx } from '../../db/client.ts';
import { lockNights } from '../../db/locks.ts';
import type { PlainDate } from '../../domain/calendar.ts';

/** Locks every night of a room type from the property's today on, and answers that today. */
export async function lockAllNights(tx: Tx, input: { propertyId: string; roomTypeId: string }): Promise<PlainDate> {
  const rows = await tx.$queryRaw<{ today: PlainDate }[]>`
    SELECT to_char(app_now() AT TIME ZONE timezone, 'YYYY-MM-DD') AS today FROM properties WHERE id = ${input.propertyId}::uuid`;
  const today = rows[0]?.today;
  if (today === undefined) throw new Error('Bug: a room type without a property');
  await lockNights(tx, { roomTypeId: input.roomTypeId, from: today, to: '9999-12-31' });
  return today;
}
