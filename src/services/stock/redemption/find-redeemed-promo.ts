import type { Minor } from '../../../domain/money/money.ts';
import type { Promo } from '../../../domain/money/price/price.ts';
import type { QueryScope } from '../time/read-slots.ts';

/** The terms of a booking's promo, as they were at the sale. */
export interface RedeemedPromo extends Promo {
  readonly minAmount: Minor;
}

/** Finds the promo that a booking was sold with and still redeems; null without one. */
export async function findRedeemedPromo({ db }: QueryScope, bookingId: string): Promise<RedeemedPromo | null> {
  const rows = await db.$queryRaw<{ type: Promo['type']; value: bigint; min_amount: bigint }[]>`
    SELECT type::text, value, min_amount FROM promo_uses WHERE booking_id = ${bookingId}::uuid AND freed_at IS NULL`;
  const row = rows[0];
  return row === undefined ? null : { type: row.type, value: Number(row.value), minAmount: Number(row.min_amount) };
}
