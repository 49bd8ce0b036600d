import type { Context } from '../../context.ts';
import { withRetries } from '../../db/transaction.ts';
import { addDays } from '../../domain/time/calendar.ts';
import { ALTERNATIVE_DAYS, listAlternatives } from '../../domain/availability/stay.ts';
import type { StayAlternative, StayRequest } from '../../domain/availability/stay.ts';
import { AppError } from '../../errors.ts';
import { minutesToArrival, readOffer } from './read-offer.ts';

export interface Obstacle {
  readonly reason: 'HELD' | 'SOLD_OUT';
  /** When the holds in the way will all have ended, if it is holds that are in the way. */
  readonly heldUntil: string | null;
  readonly alternatives: readonly StayAlternative[];
}

interface Wish {
  readonly slug: string;
  readonly roomType: string;
  readonly stay: StayRequest;
  readonly isStaff: boolean;
}

/** One look for all who lose the same stay at the same moment: it is advice, and five hundred may ask at once. */
const looking = new Map<string, Promise<Obstacle>>();

/** The refusal of a stay that is sold out, with what stands in the way and the nearest stays that can be had. */
export async function refuseSoldOut(ctx: Context, wish: Wish): Promise<AppError> {
  const obstacle = await findObstacle(ctx, wish);
  return new AppError('sold_out', {
    detail: `No ${wish.roomType} is left from ${wish.stay.checkIn} to ${wish.stay.checkOut}.`,
    extra: { ...obstacle },
  });
}

async function findObstacle(ctx: Context, wish: Wish): Promise<Obstacle> {
  const { slug, roomType, stay, isStaff } = wish;
  const { checkIn, checkOut, adults, children } = stay;
  const key = JSON.stringify([slug, roomType, checkIn, checkOut, adults, children, isStaff]);
  const already = looking.get(key);
  if (already !== undefined) return already;
  const look = lookForObstacle(ctx, wish).finally(() => looking.delete(key));
  looking.set(key, look);
  return look;
}

async function lookForObstacle(ctx: Context, wish: Wish): Promise<Obstacle> {
  const { stay, slug, isStaff } = wish;
  const offer = await readOffer(ctx, {
    slug,
    isStaff,
    stay,
    from: addDays(stay.checkIn, -ALTERNATIVE_DAYS),
    to: addDays(stay.checkOut, ALTERNATIVE_DAYS),
  });
  const heldUntil = await findHeldUntil(ctx, offer.property.id, wish);
  const { roomTypes, terms, today } = offer;
  const alternatives = listAlternatives({
    ...{ stay, wished: wish.roomType, roomTypes, terms, today, isStaff },
    minutesToArrival: minutesToArrival(offer),
  });
  return { reason: heldUntil === null ? 'SOLD_OUT' : 'HELD', heldUntil, alternatives };
}

/** When waiting would help: every night that is sold out has a hold on it that may end. Null when it would not. */
async function findHeldUntil(ctx: Context, propertyId: string, { stay, roomType }: Wish): Promise<string | null> {
  const rows = await withRetries(
    () => ctx.db.$queryRaw<{ helps: boolean | null; until: Date | null }[]>`
      SELECT bool_and(ends IS NOT NULL) AS helps, max(ends) AS until
      FROM (
        SELECT (
          SELECT min(b.expires_at) FROM stays s JOIN bookings b ON b.id = s.booking_id
          WHERE s.room_type_id = r.id AND s.check_in_on <= n.night AND s.held_until_on > n.night
            AND b.status = 'PENDING_PAYMENT' AND b.payment_stage IN ('NONE', 'SESSION_CREATED', 'FAILED')
            AND b.expires_at > (SELECT app_now())
        ) AS ends
        FROM inventory_nights n JOIN room_types r ON r.id = n.room_type_id
        WHERE r.property_id = ${propertyId}::uuid AND r.code = ${roomType}
          AND n.night >= ${stay.checkIn}::date AND n.night < ${stay.checkOut}::date
          AND n.reserved >= n.total - n.out_of_order
      ) AS full_nights`,
  );
  return rows[0]?.helps === true ? (rows[0].until?.toISOString() ?? null) : null;
}
