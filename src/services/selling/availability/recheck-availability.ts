import type { Context } from '../../../context.ts';
import { SLOT_CODES } from '../../../domain/availability/appointment.ts';
import type { AppointmentRequest } from '../../../domain/availability/appointment.ts';
import type { SlotReason } from '../../../domain/availability/slots.ts';
import { REASON_CODES } from '../../../domain/availability/stay.ts';
import type { StayReason, StayRequest } from '../../../domain/availability/stay.ts';
import { AppError } from '../../../errors.ts';
import { quoteAppointment } from '../pricing/quote-appointment.ts';
import { quoteStay } from '../pricing/quote-stay.ts';
import { getPublicProperty } from '../../catalogue/property/get-public-property.ts';

/** A stay or an appointment to check, with the fields of a booking request. */
export type AvailabilityQuery =
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

/** Checks several stays and appointments of one property, each by itself. Throws: not_found for the property. */
export async function recheckAvailability(
  ctx: Context,
  input: { slug: string; items: readonly AvailabilityQuery[] },
): Promise<Check[]> {
  await getPublicProperty(ctx, input.slug);
  const checks: Check[] = [];
  // Sequential, so that one request takes one connection.
  for (const query of input.items) checks.push(await recheck(ctx, input.slug, query));
  return checks;
}

async function recheck(ctx: Context, slug: string, query: AvailabilityQuery): Promise<Check> {
  try {
    const { available, reason, price } = await quote(ctx, slug, query);
    return { available, bookable: reason === null, reason, totalPayable: price.totalPayable, currency: price.currency };
  } catch (error) {
    const reason = error instanceof AppError ? toReason(error) : null;
    if (reason === null) throw error;
    return { available: 0, bookable: false, reason, totalPayable: null, currency: null };
  }
}

async function quote(ctx: Context, slug: string, query: AvailabilityQuery) {
  if (query.kind === 'STAY') return quoteStay(ctx, { slug, roomType: query.roomType, stay: query, promoCode: null });
  return quoteAppointment(ctx, { ...query, slug, promoCode: null });
}

function toReason(error: AppError): Check['reason'] {
  // Only services at the guest's address need an address.
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
