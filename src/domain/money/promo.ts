import type { Minor } from './money.ts';
import type { Promo } from './price/price.ts';

/** How often a promo may be used, and is. */
export interface PromoLimits {
  readonly maxUses: number | null;
  readonly maxUsesPerCustomer: number | null;
  /** Bookings that have it now. */
  readonly uses: number;
}

/** A promo with everything that says whether it may be used. */
export interface PromoOffer extends Promo, PromoLimits {
  readonly id: string;
  readonly isActive: boolean;
  /** A booking may be made with it in [validFrom, validUntil). */
  readonly validFrom: Date | null;
  readonly validUntil: Date | null;
  /** What the lines of the price must add up to. */
  readonly minAmount: Minor;
  /** Codes of what it is good for; both empty: for everything. */
  readonly roomTypes: readonly string[];
  readonly services: readonly string[];
}

/** What is booked with it. */
export type Sold = { readonly roomType: string } | { readonly service: string };

/** Why a promo can't be used. Only staff are told. */
export const PROMO_REASONS = [
  'UNKNOWN',
  'INACTIVE',
  'NOT_YET_VALID',
  'NO_LONGER_VALID',
  'OUT_OF_SCOPE',
  'BELOW_MINIMUM',
  'USED_UP',
  'USED_BY_CUSTOMER',
] as const;
export type PromoReason = (typeof PROMO_REASONS)[number];

/** One spelling per code: guests write it as they like. */
export function normalizePromoCode(code: string): string {
  return code.trim().toUpperCase();
}

/** Whether the promo may be used for this, and if not, why. `amount` is what the lines add up to without it. */
export function judgePromo(
  promo: PromoOffer,
  use: { readonly now: Date; readonly sold: Sold; readonly amount: Minor },
): PromoReason | null {
  const { validFrom, validUntil } = promo;
  if (!promo.isActive) return 'INACTIVE';
  if (validFrom !== null && use.now < validFrom) return 'NOT_YET_VALID';
  if (validUntil !== null && use.now >= validUntil) return 'NO_LONGER_VALID';
  if (!isInScope(promo, use.sold)) return 'OUT_OF_SCOPE';
  if (use.amount < promo.minAmount) return 'BELOW_MINIMUM';
  return judgeLimits(promo, 0);
}

/** Whether there is a use left, for a customer who has so many already. */
export function judgeLimits(limits: PromoLimits, usesByCustomer: number): PromoReason | null {
  const { maxUses, maxUsesPerCustomer, uses } = limits;
  if (maxUses !== null && uses >= maxUses) return 'USED_UP';
  if (maxUsesPerCustomer !== null && usesByCustomer >= maxUsesPerCustomer) return 'USED_BY_CUSTOMER';
  return null;
}

function isInScope({ roomTypes, services }: PromoOffer, sold: Sold): boolean {
  if (roomTypes.length === 0 && services.length === 0) return true;
  return 'roomType' in sold ? roomTypes.includes(sold.roomType) : services.includes(sold.service);
}
