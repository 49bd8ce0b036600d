import { z } from 'zod';

export const cancellationPolicyView = z.object({
  tiers: z.array(z.object({ hoursBefore: z.int(), refundPercent: z.int() })),
  isDepositRefundable: z.boolean().optional(),
  noShowFeePercent: z.int().optional(),
});

/** What would come back, and what be kept, by the policy the booking was made under. */
export const cancellationQuoteView = z
  .object({
    refundable: z.boolean(),
    refundPercent: z.int(),
    refundAmount: z.int(),
    fee: z.int(),
    withheld: z.int().describe('What is disputed: the bank decides who has it, and it neither comes back nor is kept.'),
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
