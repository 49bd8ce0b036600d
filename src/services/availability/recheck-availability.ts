import type { Context } from '../../context.ts';
import { SLOT_CODES } from '../../domain/availability/appointment.ts';
import type { AppointmentRequest } from '../../domain/availability/appointment.ts';
import type { SlotReason } from '../../domain/availability/slots.ts';
import { REASON_CODES } from '../../domain/availability/stay.ts';
import type { StayReason, StayRequest } from '../../domain/availability/stay.ts';
import { AppError } from '../../errors.ts';
import { quoteAppointment } from '../pricing/quote-appointment.ts';
import { quoteStay } from '../pricing/quote-stay.ts';
import { getPublicProperty } from '../property/get-public-property.ts';

/** What is asked about: a stay or an appointment, each as a booking names it. */
export type Wish =
  | (StayRequest & { readonly kind: 'STAY'; readonly roomType: string })
  | (AppointmentRequest & {
      readonly kind: 'APPOINTMENT';
      readonly service: string;
      readonly provider: string | null;
      readonly startsAt: string;
    });

export const CHECK_REASONS = ['UNKNOWN', 'SKIPPED', 'AMBIGUOUS', 'OUTSIDE_ZONE', 'NO_ADDRESS'] as const;

export interface Check {
  readonly available: number;
  readonly bookable: boolean;
  readonly reason: StayReason | SlotReason | (typeof CHECK_REASONS)[number] | null;
  readonly totalPayable: number | null;
  readonly currency: string | null;
}

/** Looks at several wishes of one property again, each by itself: one that can't be had spoils no other. Throws: not_found. */
export async function recheckAvailability(
  ctx: Context,
  input: { slug: string; items: readonly Wish[] },
): Promise<Check[]> {
  await getPublicProperty(ctx, input.slug);
  const checks: Check[] = [];
  // One after the other: a batch is one request and takes one connection.
  for (const wish of input.items) checks.push(await recheck(ctx, input.slug, wish));
  return checks;
}

async function recheck(ctx: Context, slug: string, wish: Wish): Promise<Check> {
  try {
    const { available, reason, price } = await quote(ctx, slug, wish);
    return { available, bookable: reason === null, reason, totalPayable: price.totalPayable, currency: price.currency };
  } catch (error) {
    const reason = error instanceof AppError ? explain(error) : null;
    if (reason === null) throw error;
    return { available: 0, bookable: false, reason, totalPayable: null, currency: null };
  }
}

async function quote(ctx: Context, slug: string, wish: Wish) {
  if (wish.kind === 'STAY') return quoteStay(ctx, { slug, roomType: wish.roomType, stay: wish, promoCode: null });
  return quoteAppointment(ctx, { ...wish, slug, promoCode: null });
}

function explain(error: AppError): Check['reason'] {
  // Where it is to be is asked for by the services that come to the guest alone.
  if (error.content.errors?.some(({ path }) => path === 'address') === true) return 'NO_ADDRESS';
  const codes: Partial<Record<string, Check['reason']>> = {
    not_found: 'UNKNOWN',
    local_time_skipped: 'SKIPPED',
    local_time_ambiguous: 'AMBIGUOUS',
    outside_zone: 'OUTSIDE_ZONE',
    ...Object.fromEntries(Object.entries(SLOT_CODES).map(([reason, code]) => [code, reason as SlotReason])),
    ...Object.fromEntries(Object.entries(REASON_CODES).map(([reason, code]) => [code, reason as StayReason])),
  };
  return codes[error.code] ?? null;
}
