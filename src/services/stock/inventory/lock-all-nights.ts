import type { Tx } from '../../../db/client.ts';
import { readToday } from '../../../db/connection/clock.ts';
import { lockNights } from '../../../db/locks.ts';
import type { PlainDate } from '../../../domain/time/calendar.ts';

/** Locks every night of a room type from the property's today on. Returns: that date. */
export async function lockAllNights(tx: Tx, input: { propertyId: string; roomTypeId: string }): Promise<PlainDate> {
  const today = await readToday(tx, input.propertyId);
  await lockNights(tx, { roomTypeId: input.roomTypeId, from: today, to: '9999-12-31' });
  return today;
}
