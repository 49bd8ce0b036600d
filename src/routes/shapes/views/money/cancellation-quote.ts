import { z } from 'zod';

export const cancellationPolicyView = z.object({
  tiers: z.array(z.object({ hoursBefore: z.int(), refundPercent: z.int() })),
  isDepositRefundable: z.boolean().optional(),
  noShowFeePercent: z.int().optional(),
});

/** Refund and fee of a cancellation now, by the booking's frozen cancellation policy. */
export const cancellationQuoteView = z
  .object({
    refundable: z.boolean(),
    refundPercent: z.int(),
    refundAmount: z.int(),
    fee: z.int(),
    withheld: z.int().describe('The disputed amount, neither refunded nor kept: the bank decides.'),
    currency: z.string(),
    policy: cancellationPolicyView,
  })
  .meta({
    examples: [
      {
        refundable: true,
        refundPercent: 50,
        refundAmount: 14_450,
        fee: 14_450,
        withheld: 0,
        currency: 'EUR',
        policy: { tiers: [{ hoursBefore: 24, refundPercent: 50 }] },
      },
    ],
  });
