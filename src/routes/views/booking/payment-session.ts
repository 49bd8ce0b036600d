import { z } from 'zod';
import { PAYMENT_STAGES } from '../../../domain/payment-stage.ts';
import type { ErrorCode } from '../../../errors.ts';

const errors: readonly ErrorCode[] = [
  'invalid_transition',
  'already_paid',
  'payment_in_progress',
  'hold_expired',
  'gateway_unavailable',
];

/** What a payment page is asked for with and answered as, on whichever path. */
export const paymentSessionContract = {
  body: z.strictObject({}).meta({ examples: [{}] }),
  answers: {
    200: z
      .object({
        url: z.string().nullable().describe('Where the guest pays.'),
        stage: z.enum(PAYMENT_STAGES),
        expiresAt: z.string().nullable().describe('When the place is no longer held.'),
      })
      .meta({
        examples: [
          {
            url: 'https://checkout.stripe.com/c/pay/cs_…',
            stage: 'SESSION_CREATED',
            expiresAt: '2027-05-01T09:10:00.000Z',
          },
        ],
      }),
  },
  errors,
  isIdempotent: true,
} as const;
