import type { Context } from '../../context.ts';
import { REASON_CODES } from '../../domain/stay.ts';
import type { StayReason, StayRequest } from '../../domain/stay.ts';
import { AppError } from '../../errors.ts';
import { quoteStay } from '../pricing/quote-stay.ts';
import { getPublicProperty } from '../property/get-public-property.ts';

export interface StayCheck {
  readonly available: number;
  readonly bookable: boolean;
  readonly reason: StayReason | 'PAST' | 'UNKNOWN' | null;
  readonly totalPayable: number | null;
  readonly currency: string | null;
}

/** Looks at several stays of one property again, each by itself: one that can't be booked spoils no other. Throws: not_found. */
export async function checkStays(
  ctx: Context,
  input: { slug: string; items: readonly (StayRequest & { roomType: string })[] },
): Promise<StayCheck[]> {
  await getPublicProperty(ctx, input.slug);
  const checks: StayCheck[] = [];
  // One after the other: a batch is one request and takes one connection.
  for (const stay of input.items) checks.push(await checkStay(ctx, { slug: input.slug, stay }));
  return checks;
}

async function checkStay(
  ctx: Context,
  { slug, stay }: { slug: string; stay: StayRequest & { roomType: string } },
): Promise<StayCheck> {
  try {
    const quote = await quoteStay(ctx, { slug, roomType: stay.roomType, stay, promoCode: null });
    const { available, reason, price } = quote;
    return { available, bookable: reason === null, reason, totalPayable: price.totalPayable, currency: price.currency };
  } catch (error) {
    const reason = error instanceof AppError ? explain(error) : null;
    if (reason === null) throw error;
    return { available: 0, bookable: false, reason, totalPayable: null, currency: null };
  }
}

function explain(error: AppError): StayCheck['reason'] {
  if (error.code === 'past_time') return 'PAST';
  if (error.code === 'not_found') return 'UNKNOWN';
  return (Object.keys(REASON_CODES) as StayReason[]).find((reason) => REASON_CODES[reason] === error.code) ?? null;
}
