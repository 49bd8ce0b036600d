import type { Context } from '../../../context.ts';
import { withRetries } from '../../../db/transaction.ts';
import { RUNNING_HOLD } from '../../../db/predicates.ts';
import { computeOccupiedTime, computeSlotTerms } from '../../../domain/availability/appointment.ts';
import type { ServiceOffer } from '../../../domain/availability/appointment.ts';
import { addDays, dateInZone } from '../../../domain/time/calendar.ts';
import type { TimeRange } from '../../../domain/time/opening-hours.ts';
import { listSlots } from '../../../domain/availability/slots.ts';
import { formatLocal } from '../../../domain/time/wall-time.ts';
import { AppError } from '../../../errors.ts';
import { readSlots } from './read-slots.ts';

/** The days searched before and after the requested day; the far range only when the near has few alternatives. */
const NEAR_DAYS = 7;
const FAR_DAYS = 62;
const FEW_ALTERNATIVES = 2;
const MAX_ALTERNATIVES = 5;

export interface SlotAlternative {
  readonly startsAt: string;
  readonly localStart: string;
  readonly provider: string;
}

interface RequestedSlot {
  readonly slug: string;
  readonly service: string;
  /** The requested provider; null: any. */
  readonly provider: string | null;
  readonly startsAt: Date;
  readonly timezone: string;
  readonly isStaff: boolean;
}

interface SlotConflict {
  readonly reason: 'HELD' | 'TAKEN';
  /** The deadline of the blocking hold; null without one. */
  readonly heldUntil: string | null;
  readonly alternatives: readonly SlotAlternative[];
}

/** One search shared by all requests that lose a slot at the same moment: a rush may bring hundreds. */
const pendingSearches = new Map<string, Promise<SlotConflict>>();

/** Makes the refusal of a taken slot, with the blocking booking's kind and the nearest bookable starts. */
export async function refuseSlotTaken(ctx: Context, slot: RequestedSlot): Promise<AppError> {
  const { slug, service, provider, startsAt, isStaff } = slot;
  const key = JSON.stringify([slug, service, provider, startsAt, isStaff]);
  const search = pendingSearches.get(key) ?? findConflict(ctx, slot).finally(() => pendingSearches.delete(key));
  pendingSearches.set(key, search);
  const detail = `${formatLocal(startsAt, slot.timezone)} is taken.`;
  return new AppError('slot_taken', { detail, extra: { ...(await search) } });
}

async function findConflict(ctx: Context, slot: RequestedSlot): Promise<SlotConflict> {
  const near = await findAlternatives(ctx, slot, NEAR_DAYS);
  const isEnough = near.alternatives.length > FEW_ALTERNATIVES;
  const { service, alternatives } = isEnough ? near : await findAlternatives(ctx, slot, FAR_DAYS);
  const heldUntil = await findHeldUntil(ctx, slot, computeOccupiedTime(service, slot.startsAt.getTime()));
  return { reason: heldUntil === null ? 'TAKEN' : 'HELD', heldUntil, alternatives };
}

async function findAlternatives(
  ctx: Context,
  slot: RequestedSlot,
  days: number,
): Promise<{ service: ServiceOffer; alternatives: SlotAlternative[] }> {
  const day = dateInZone(slot.startsAt, slot.timezone);
  const [from, to] = [addDays(day, -days), addDays(day, days)];
  const offer = await readSlots(ctx, { ...slot, provider: null, from, to });
  const slots = listSlots({
    ...computeSlotTerms(offer, offer.service, slot.isStaff),
    from,
    to,
    providers: offer.providers,
  });
  const requestedAt = slot.startsAt.getTime();
  // The requested start with another provider comes first; for other starts the requested provider is preferred.
  const alternatives = slots
    .toSorted(
      (a, b) => Math.abs(a.startsAt - requestedAt) - Math.abs(b.startsAt - requestedAt) || a.startsAt - b.startsAt,
    )
    .slice(0, MAX_ALTERNATIVES)
    .map(({ startsAt, providers }) => ({
      startsAt: new Date(startsAt).toISOString(),
      localStart: formatLocal(new Date(startsAt), slot.timezone),
      provider: providers.find((code) => code === slot.provider) ?? providers[0] ?? '',
    }));
  return { service: offer.service, alternatives };
}

/** Finds the earliest deadline among holds on that time, buffers included; null when no hold is blocking. */
async function findHeldUntil(ctx: Context, slot: RequestedSlot, occupied: TimeRange): Promise<string | null> {
  const { slug, service, provider } = slot;
  const [from, until] = [new Date(occupied.from), new Date(occupied.until)];
  const rows = await withRetries(
    () => ctx.db.$queryRaw<{ until: Date | null }[]>`
      SELECT min(b.expires_at) AS until
      FROM appointments a JOIN bookings b ON b.id = a.booking_id JOIN providers v ON v.id = a.provider_id AND v.is_active
      JOIN properties p ON p.id = v.property_id AND p.slug = ${slug}
      WHERE a.is_live AND ${RUNNING_HOLD}
        AND (${provider}::text IS NULL OR v.code = ${provider}::text)
        AND EXISTS (SELECT FROM provider_services d JOIN services s ON s.id = d.service_id
          WHERE d.provider_id = v.id AND s.code = ${service})
        AND tstzrange(a.occupied_from, a.occupied_until) && tstzrange(${from}::timestamptz, ${until}::timestamptz)`,
  );
  return rows[0]?.until?.toISOString() ?? null;
}
