import type { Context } from '../../context.ts';
import { withRetries } from '../../db/transaction.ts';
import { occupiedBy, slotTermsOf } from '../../domain/availability/appointment.ts';
import type { ServiceOffer } from '../../domain/availability/appointment.ts';
import { addDays, dateInZone } from '../../domain/time/calendar.ts';
import type { TimeRange } from '../../domain/time/opening-hours.ts';
import { listSlots } from '../../domain/availability/slots.ts';
import { spellLocal } from '../../domain/time/wall-time.ts';
import { AppError } from '../../errors.ts';
import { readSlots } from './read-slots.ts';

/** How far alternatives are looked for, to either side of the wished day; the second only when there are few nearby. */
const NEAR_DAYS = 7;
const FAR_DAYS = 62;
const FEW_ALTERNATIVES = 2;
const MAX_ALTERNATIVES = 5;

export interface SlotAlternative {
  readonly startsAt: string;
  readonly localStart: string;
  readonly provider: string;
}

interface Wish {
  readonly slug: string;
  readonly service: string;
  /** The one who was asked for; null: any. */
  readonly provider: string | null;
  readonly startsAt: Date;
  readonly timezone: string;
  readonly isStaff: boolean;
}

interface Obstacle {
  readonly reason: 'HELD' | 'TAKEN';
  /** When the hold in the way will have ended, if it is holds that are in the way. */
  readonly heldUntil: string | null;
  readonly alternatives: readonly SlotAlternative[];
}

/** One look for all who lose the same time at the same moment: it is advice, and five hundred may ask at once. */
const looking = new Map<string, Promise<Obstacle>>();

/** The refusal of a time that is taken, with what stands in the way and the nearest times that can be had. */
export async function refuseSlotTaken(ctx: Context, wish: Wish): Promise<AppError> {
  const { slug, service, provider, startsAt, isStaff } = wish;
  const key = JSON.stringify([slug, service, provider, startsAt, isStaff]);
  const look = looking.get(key) ?? lookForObstacle(ctx, wish).finally(() => looking.delete(key));
  looking.set(key, look);
  const detail = `${spellLocal(startsAt, wish.timezone)} is taken.`;
  return new AppError('slot_taken', { detail, extra: { ...(await look) } });
}

async function lookForObstacle(ctx: Context, wish: Wish): Promise<Obstacle> {
  const near = await findAlternatives(ctx, wish, NEAR_DAYS);
  const isEnough = near.alternatives.length > FEW_ALTERNATIVES;
  const { service, alternatives } = isEnough ? near : await findAlternatives(ctx, wish, FAR_DAYS);
  const heldUntil = await findHeldUntil(ctx, wish, occupiedBy(service, wish.startsAt.getTime()));
  return { reason: heldUntil === null ? 'TAKEN' : 'HELD', heldUntil, alternatives };
}

async function findAlternatives(
  ctx: Context,
  wish: Wish,
  days: number,
): Promise<{ service: ServiceOffer; alternatives: SlotAlternative[] }> {
  const day = dateInZone(wish.startsAt, wish.timezone);
  const [from, to] = [addDays(day, -days), addDays(day, days)];
  const offer = await readSlots(ctx, { ...wish, provider: null, from, to });
  const slots = listSlots({ ...slotTermsOf(offer, offer.service, wish.isStaff), from, to, providers: offer.providers });
  const wished = wish.startsAt.getTime();
  // The same time with another is nearer than another time, and among the rest the wished provider comes first.
  const alternatives = slots
    .toSorted((a, b) => Math.abs(a.startsAt - wished) - Math.abs(b.startsAt - wished) || a.startsAt - b.startsAt)
    .slice(0, MAX_ALTERNATIVES)
    .map(({ startsAt, providers }) => ({
      startsAt: new Date(startsAt).toISOString(),
      localStart: spellLocal(new Date(startsAt), wish.timezone),
      provider: providers.find((code) => code === wish.provider) ?? providers[0] ?? '',
    }));
  return { service: offer.service, alternatives };
}

/** When the first hold on that time, buffers included, will have ended; null where none is in the way. */
async function findHeldUntil(ctx: Context, wish: Wish, occupied: TimeRange): Promise<string | null> {
  const { slug, service, provider } = wish;
  const [from, until] = [new Date(occupied.from), new Date(occupied.until)];
  const rows = await withRetries(
    () => ctx.db.$queryRaw<{ until: Date | null }[]>`
      SELECT min(b.expires_at) AS until
      FROM appointments a JOIN bookings b ON b.id = a.booking_id JOIN providers v ON v.id = a.provider_id AND v.is_active
      JOIN properties p ON p.id = v.property_id AND p.slug = ${slug}
      WHERE a.is_live AND b.status = 'PENDING_PAYMENT' AND b.expires_at > (SELECT app_now())
        AND b.payment_stage IN ('NONE', 'SESSION_CREATED', 'FAILED')
        AND (${provider}::text IS NULL OR v.code = ${provider}::text)
        AND EXISTS (SELECT FROM provider_services d JOIN services s ON s.id = d.service_id
          WHERE d.provider_id = v.id AND s.code = ${service})
        AND tstzrange(a.occupied_from, a.occupied_until) && tstzrange(${from}::timestamptz, ${until}::timestamptz)`,
  );
  return rows[0]?.until?.toISOString() ?? null;
}
