import { z } from 'zod';
import type { PromoDetails } from '../../../../services/catalogue/promo/promo-details.ts';

export const PROMO_TYPES = ['PERCENT', 'FIXED'] as const;

export const promoView = z
  .object({
    code: z.string(),
    name: z.string(),
    type: z.enum(PROMO_TYPES),
    value: z.int(),
    currency: z.string(),
    validFrom: z.string().nullable(),
    validUntil: z.string().nullable(),
    minAmount: z.int(),
    roomTypes: z.array(z.string()),
    services: z.array(z.string()),
    maxUses: z.int().nullable(),
    maxUsesPerCustomer: z.int().nullable(),
    uses: z
      .int()
      .describe('Current redemptions. A booking that is cancelled, declined or expired releases its redemption.'),
    isActive: z.boolean(),
    createdAt: z.string(),
  })
  .meta({
    examples: [
      {
        code: 'WELCOME10',
        name: 'Ten per cent off',
        type: 'PERCENT',
        value: 1000,
        currency: 'INR',
        validFrom: null,
        validUntil: '2027-12-31T18:30:00.000Z',
        minAmount: 0,
        roomTypes: [],
        services: [],
        maxUses: null,
        maxUsesPerCustomer: 1,
        uses: 12,
        isActive: true,
        createdAt: '2027-01-01T00:00:00.000Z',
      },
    ],
  });

export function viewPromo(promo: PromoDetails): z.output<typeof promoView> {
  return { ...promo, roomTypes: [...promo.roomTypes], services: [...promo.services] };
}
