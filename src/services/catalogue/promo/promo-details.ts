import { z } from 'zod';
import type { Prisma } from '../../../db/client.ts';
import { storedResponse } from '../../core/idempotency/stored-response.ts';

const promoFields = z.object({
  name: z.string(),
  type: z.enum(['PERCENT', 'FIXED']),
  /** Basis points, or minor units. */
  value: z.number(),
  validFrom: z.string().nullable(),
  validUntil: z.string().nullable(),
  minAmount: z.number(),
  roomTypes: z.array(z.string()).readonly(),
  services: z.array(z.string()).readonly(),
  maxUses: z.number().nullable(),
  maxUsesPerCustomer: z.number().nullable(),
  isActive: z.boolean(),
});
/** The members of a promo that staff set; amounts in minor units, instants in UTC. */
export type PromoFields = Readonly<z.output<typeof promoFields>>;

const promoDetails = promoFields
  .extend({
    code: z.string(),
    currency: z.string(),
    /** Bookings that use the promo now. */
    uses: z.number(),
    createdAt: z.string(),
  })
  .readonly();
export type PromoDetails = z.output<typeof promoDetails>;

export const storedPromo = storedResponse('promo', promoDetails);

/** The relations that the details of a promo need. */
export const PROMO_PARTS = { property: { select: { currency: true } } } as const satisfies Prisma.PromoInclude;

/** Converts a promo's row to details, in the property's currency. */
export function toPromoDetails(promo: Prisma.PromoGetPayload<{ include: typeof PROMO_PARTS }>): PromoDetails {
  const { code, name, type, roomTypes, services, maxUses, maxUsesPerCustomer, isActive, uses } = promo;
  return {
    code,
    name,
    type,
    roomTypes,
    services,
    maxUses,
    maxUsesPerCustomer,
    isActive,
    uses,
    value: Number(promo.value),
    minAmount: Number(promo.minAmount),
    validFrom: promo.validFrom?.toISOString() ?? null,
    validUntil: promo.validUntil?.toISOString() ?? null,
    currency: promo.property.currency,
    createdAt: promo.createdAt.toISOString(),
  };
}
