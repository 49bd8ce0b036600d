import { z } from 'zod';
import { PAYMENT_STAGES } from '../../../domain/payment-stage.ts';
import { minorUnits } from '../../../http/contract/fields.ts';
import type { Capability } from '../../../domain/access/capabilities.ts';
import { AppError } from '../../../errors.ts';
import type { ErrorCode } from '../../../errors.ts';

const errors: readonly ErrorCode[] = [
  'invalid_transition',
  'already_paid',
  'payment_in_progress',
  'insufficient_wallet_balance',
  'hold_expired',
  'payment_refused',
  'gateway_unavailable',
];

/** Spending a wallet needs a link that has shown itself to be its owner's. Throws: forbidden. */
export function readWalletAmount(
  body: { readonly walletAmount?: number | undefined },
  capabilities: readonly Capability[],
): { walletAmount?: number } {
  const { walletAmount } = body;
  if (walletAmount === undefined) return {};
  if (walletAmount > 0 && !capabilities.includes('WALLET')) {
    throw new AppError('forbidden', { detail: 'This link may not use the wallet; ask for one by mail.' });
  }
  return { walletAmount };
}

/** What a payment page is asked for with and answered as, on whichever path. */
export const paymentSessionContract = {
  body: z
    .strictObject({
      walletAmount: minorUnits
        .optional()
        .describe("What the customer's wallet is to pay; needs a link that may use the wallet. 0 takes it back."),
    })
    .meta({ examples: [{}, { walletAmount: 50_000 }] }),
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
