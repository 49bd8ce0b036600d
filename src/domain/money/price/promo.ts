import type { Minor } from '../money.ts';
import type { Promo } from './price.ts';

/** Redemption limits of a promo, with the current count. */
export interface PromoLimits {
  readonly maxUses: number | null;
  readonly maxUsesPerCustomer: number | null;
  /** Number of current redemptions. */
  readonly uses: number;
}

/** A promo with all conditions of a redemption. */
export interface PromoOffer extends Promo, PromoLimits {
  readonly id: string;
  readonly isActive: boolean;
  /** Bookings created in [validFrom, validUntil) can redeem the promo. */
  readonly validFrom: Date | null;
  readonly validUntil: Date | null;
  /** Minimum sum of the price lines. */
  readonly minAmount: Minor;
  /** Codes of eligible room types and services; both empty: everything is eligible. */
  readonly roomTypes: readonly string[];
  readonly services: readonly string[];
}

/** The room type or service being booked. */
export type SoldItem = { readonly roomType: string } | { readonly service: string };

/** Reasons against a redemption. Shown to staff only, so that guests can't probe for codes. */
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

/** Normalizes a promo code that a guest typed. */
export function normalizePromoCode(code: string): string {
  return code.trim().toUpperCase();
}

/** Checks a redemption; answers the reason against it or null. `amount` is the sum of the lines without discount. */
export function checkPromo(
  promo: PromoOffer,
  use: { readonly now: Date; readonly sold: SoldItem; readonly amount: Minor },
): PromoReason | null {
  const { validFrom, validUntil } = promo;
  if (!promo.isActive) return 'INACTIVE';
  if (validFrom !== null && use.now < validFrom) return 'NOT_YET_VALID';
  if (validUntil !== null && use.now >= validUntil) return 'NO_LONGER_VALID';
  if (!isInScope(promo, use.sold)) return 'OUT_OF_SCOPE';
  if (!meetsMinimum(promo, use.amount)) return 'BELOW_MINIMUM';
  return checkPromoLimits(promo, 0);
}

/** Tells whether the sum of the lines without discount meets a promo's minimum: at the sale, and at every new price. */
export function meetsMinimum({ minAmount }: Pick<PromoOffer, 'minAmount'>, amount: Minor): boolean {
  return amount >= minAmount;
}

/** Checks the limits for a customer with `customerRedemptions` redemptions; null when one more is allowed. */
export function checkPromoLimits(limits: PromoLimits, customerRedemptions: number): PromoReason | null {
  const { maxUses, maxUsesPerCustomer, uses } = limits;
  if (maxUses !== null && uses >= maxUses) return 'USED_UP';
  if (maxUsesPerCustomer !== null && customerRedemptions >= maxUsesPerCustomer) return 'USED_BY_CUSTOMER';
  return null;
}

function isInScope({ roomTypes, services }: PromoOffer, sold: SoldItem): boolean {
  if (roomTypes.length === 0 && services.length === 0) return true;
  return 'roomType' in sold ? roomTypes.includes(sold.roomType) : services.includes(sold.service);
}
