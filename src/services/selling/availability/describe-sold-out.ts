import type { Context } from '../../../context.ts';
import { withRetries } from '../../../db/transaction.ts';
import { RUNNING_HOLD } from '../../../db/predicates.ts';
import { addDays } from '../../../domain/time/calendar.ts';
import { ALTERNATIVE_DAYS, listAlternatives } from '../../../domain/availability/stay.ts';
import type { StayAlternative, StayRequest } from '../../../domain/availability/stay.ts';
import { AppError } from '../../../errors.ts';
import { minutesToArrival, readOffer } from '../../stock/inventory/read-stay-offer.ts';

export interface SoldOutDetails {
  readonly reason: 'HELD' | 'SOLD_OUT';
  /** Deadline of the last blocking hold; null when bookings block, not holds. */
  readonly heldUntil: string | null;
  readonly alternatives: readonly StayAlternative[];
}

interface StayQuery {
  readonly slug: string;
  readonly roomType: string;
  readonly stay: StayRequest;
  readonly isStaff: boolean;
}

/** Running queries by stay: concurrent refusals of one stay, up to hundreds, share one query. */
const running = new Map<string, Promise<SoldOutDetails>>();

/** Returns the error of a sold-out stay, with blocking holds and the nearest alternatives. */
export async function describeSoldOut(ctx: Context, query: StayQuery): Promise<AppError> {
  const details = await findDetails(ctx, query);
  return new AppError('sold_out', {
    detail: `No ${query.roomType} is left from ${query.stay.checkIn} to ${query.stay.checkOut}.`,
    extra: { ...details },
  });
}

async function findDetails(ctx: Context, query: StayQuery): Promise<SoldOutDetails> {
  const { slug, roomType, stay, isStaff } = query;
  const { checkIn, checkOut, adults, children } = stay;
  const key = JSON.stringify([slug, roomType, checkIn, checkOut, adults, children, isStaff]);
  const shared = running.get(key);
  if (shared !== undefined) return shared;
  const details = readDetails(ctx, query).finally(() => running.delete(key));
  running.set(key, details);
  return details;
}

async function readDetails(ctx: Context, query: StayQuery): Promise<SoldOutDetails> {
  const { stay, slug, isStaff } = query;
  const offer = await readOffer(ctx, {
    slug,
    isStaff,
    stay,
    from: addDays(stay.checkIn, -ALTERNATIVE_DAYS),
    to: addDays(stay.checkOut, ALTERNATIVE_DAYS),
  });
  const heldUntil = await findHeldUntil(ctx, offer.property.id, query);
  const { roomTypes, terms, today } = offer;
  const alternatives = listAlternatives({
    stay,
    requestedRoomType: query.roomType,
    roomTypes,
    terms,
    today,
    isStaff,
    minutesToArrival: minutesToArrival(offer),
  });
  return { reason: heldUntil === null ? 'SOLD_OUT' : 'HELD', heldUntil, alternatives };
}

/** Finds the deadline of the last blocking hold; null when a full night has no hold that may expire. */
async function findHeldUntil(ctx: Context, propertyId: string, { stay, roomType }: StayQuery): Promise<string | null> {
  const rows = await withRetries(
    () => ctx.db.$queryRaw<{ canWait: boolean | null; until: Date | null }[]>`
      SELECT bool_and(ends IS NOT NULL) AS "canWait", max(ends) AS until
      FROM (
        SELECT (
          SELECT min(b.expires_at) FROM stays s JOIN bookings b ON b.id = s.booking_id
          WHERE s.room_type_id = r.id AND s.check_in_on <= n.night AND s.held_until_on > n.night
            AND ${RUNNING_HOLD}
        ) AS ends
        FROM inventory_nights n JOIN room_types r ON r.id = n.room_type_id
        WHERE r.property_id = ${propertyId}::uuid AND r.code = ${roomType}
          AND n.night >= ${stay.checkIn}::date AND n.night < ${stay.checkOut}::date
          AND n.reserved >= n.total - n.out_of_order
      ) AS full_nights`,
  );
  return rows[0]?.canWait === true ? (rows[0].until?.toISOString() ?? null) : null;
}
