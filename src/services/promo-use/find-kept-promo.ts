import type { Promo } from '../../domain/money/price/price.ts';
import type { Reading } from '../slots/read-slots.ts';

/** The promo that a booking was sold with, as it was then; null without one. It is kept wherever the booking moves. */
export async function findKeptPromo({ db }: Reading, bookingId: string): Promise<Promo | null> {
  const rows = await db.$queryRaw<{ type: Promo['type']; value: bigint }[]>`
    SELECT type::text, value FROM promo_uses WHERE booking_id = ${bookingId}::uuid AND freed_at IS NULL`;
  const row = rows[0];
  return row === undefined ? null : { type: row.type, value: Number(row.value) };
}
