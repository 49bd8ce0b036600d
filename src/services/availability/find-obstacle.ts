import type { Context } from '../../context.ts';
import { addDays } from '../../domain/calendar.ts';
import { ALTERNATIVE_DAYS, listAlternatives } from '../../domain/stay.ts';
import type { StayAlternative, StayRequest } from '../../domain/stay.ts';
import { AppError } from '../../errors.ts';
import { minutesToArrival, readOffer } from './read-offer.ts';

export interface Obstacle {
  readonly reason: 'HELD' | 'SOLD_OUT';
  /** When the earliest hold in the way ends, if it is holds that are in the way. */
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
  const key = JSON.stringify(wish);
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
    ...{ stay, wished: wish.roomType, roomTypes, terms, today },
    minutesToArrival: minutesToArrival(offer),
  });
  return { reason: heldUntil === null ? 'SOLD_OUT' : 'HELD', heldUntil, alternatives };
}

async function findHeldUntil(ctx: Context, propertyId: string, { stay, roomType }: Wish): Promise<string | null> {
  const rows = await ctx.db.$queryRaw<{ held_until: Date | null }[]>`
    SELECT min(b.expires_at) AS held_until
    FROM bookings b
    JOIN stays s ON s.booking_id = b.id
    JOIN room_types r ON r.id = s.room_type_id AND r.code = ${roomType}
    WHERE b.property_id = ${propertyId}::uuid AND b.status = 'PENDING_PAYMENT' AND b.expires_at > (SELECT app_now())
      AND s.check_in_on < ${stay.checkOut}::date AND s.held_until_on > ${stay.checkIn}::date`;
  return rows[0]?.held_until?.toISOString() ?? null;
}
