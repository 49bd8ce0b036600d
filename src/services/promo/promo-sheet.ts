import type { Prisma } from '../../db/client.ts';
import type { Promo } from '../../domain/money/price/price.ts';

/** What a promo is made of; amounts in minor units, instants in UTC. Plain JSON, so that an answer can be kept. */
export interface PromoFields {
  readonly name: string;
  readonly type: Promo['type'];
  /** Basis points, or minor units. */
  readonly value: number;
  readonly validFrom: string | null;
  readonly validUntil: string | null;
  readonly minAmount: number;
  readonly roomTypes: readonly string[];
  readonly services: readonly string[];
  readonly maxUses: number | null;
  readonly maxUsesPerCustomer: number | null;
  readonly isActive: boolean;
}

export interface PromoSheet extends PromoFields {
  readonly code: string;
  readonly currency: string;
  /** Bookings that have it now. */
  readonly uses: number;
  readonly createdAt: string;
}

/** What is read with a promo to show it. */
export const PROMO_PARTS = { property: { select: { currency: true } } } as const satisfies Prisma.PromoInclude;

/** The promo as staff see it, in the property's currency. */
export function toPromoSheet(promo: Prisma.PromoGetPayload<{ include: typeof PROMO_PARTS }>): PromoSheet {
  const { code, name, type, roomTypes, services, maxUses, maxUsesPerCustomer, isActive, uses } = promo;
  return {
    ...{ code, name, type, roomTypes, services, maxUses, maxUsesPerCustomer, isActive, uses },
    value: Number(promo.value),
    minAmount: Number(promo.minAmount),
    validFrom: promo.validFrom?.toISOString() ?? null,
    validUntil: promo.validUntil?.toISOString() ?? null,
    currency: promo.property.currency,
    createdAt: promo.createdAt.toISOString(),
  };
}
