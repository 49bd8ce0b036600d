import type { Prisma } from '../../../src/db/client.ts';
import type { Answer, TestApp } from '../server/app.ts';
import { openDesk } from '../hotel/desk.ts';
import type { Desk } from '../hotel/desk.ts';

export type PromoRow = Partial<Omit<Prisma.PromoUncheckedCreateInput, 'propertyId'>>;

/** A promo code of the property: TEN, ten per cent off everything, unless said otherwise. */
export async function addPromo(t: TestApp, propertyId: string, promo: PromoRow = {}): Promise<void> {
  await t.ctx.db.promo.create({
    data: { propertyId, code: 'TEN', name: 'A promo', type: 'PERCENT', value: 1_000, ...promo },
  });
}

/** A desk of a hotel with one promo. */
export async function deskWithPromo(
  t: TestApp,
  promo: PromoRow = {},
  options: Parameters<typeof openDesk>[1] = {},
): Promise<Desk> {
  const desk = await openDesk(t, options);
  await addPromo(t, desk.hotel.propertyId, promo);
  return desk;
}

/** Tries to let one booking have a promo that two have. */
export async function limitBelowUses(t: TestApp): Promise<Answer> {
  const desk = await deskWithPromo(t, {}, { rooms: 2 });
  for (const promoCode of ['TEN', 'TEN']) await desk.confirm({ promoCode });
  return desk.call('PATCH', '/promos/TEN', { body: { maxUses: 1 } });
}

/** How many bookings have the property's promos, and how many uses are written down for them. */
export async function countUses(t: TestApp, propertyId: string): Promise<{ uses: number; live: number }> {
  const [count] = await t.database.sql<{ uses: number; live: number }>(
    `SELECT sum(p.uses)::int AS uses, (SELECT count(*)::int FROM promo_uses u JOIN bookings b ON b.id = u.booking_id
       WHERE b.property_id = $1 AND u.freed_at IS NULL) AS live
     FROM promos p WHERE p.property_id = $1`,
    [propertyId],
  );
  if (count === undefined) throw new Error('Bug: a sum is always a row');
  return count;
}

/** Bookings whose promo is not where it belongs, found by a stranger: live without a use, or ended with one. */
export async function findMisusedPromos(t: TestApp): Promise<unknown[]> {
  return t.database.sql(
    `SELECT b.code, b.status::text FROM bookings b LEFT JOIN promo_uses u ON u.booking_id = b.id AND u.freed_at IS NULL
     WHERE (b.status NOT IN ('CANCELLED', 'DECLINED', 'EXPIRED') AND (b.price ->> 'promoDiscount')::bigint > 0 AND u.booking_id IS NULL)
       OR (b.status IN ('CANCELLED', 'DECLINED', 'EXPIRED') AND b.payment_stage <> 'CAPTURING' AND u.booking_id IS NOT NULL)
     UNION ALL
     SELECT p.code, 'counts ' || p.uses FROM promos p LEFT JOIN promo_uses u ON u.promo_id = p.id AND u.freed_at IS NULL
     GROUP BY p.id HAVING p.uses <> count(u.booking_id)`,
  );
}
