import { z } from 'zod';
import { PAYMENT_STAGES } from '../../../../domain/money/payment-stage.ts';
import { minorUnits } from '../../../../http/contract/fields.ts';
import type { Capability } from '../../../../domain/access/capabilities.ts';
import { AppError } from '../../../../errors.ts';
import type { ErrorCode } from '../../../../errors.ts';

const errors: readonly ErrorCode[] = [
  'invalid_transition',
  'already_paid',
  'payment_in_progress',
  'insufficient_wallet_balance',
  'hold_expired',
  'amount_too_small',
  'payment_refused',
  'gateway_unavailable',
];

const PURPOSES = { DEPOSIT: 'BOOKING', BALANCE: 'BALANCE' } as const;

/** Reads the wallet amount and the purpose. Throws: forbidden when the token may not use the wallet. */
export function readPaymentRequest(
  body: { readonly walletAmount?: number | undefined; readonly purpose?: keyof typeof PURPOSES | undefined },
  capabilities: readonly Capability[],
): { walletAmount?: number; purpose?: 'BOOKING' | 'BALANCE' } {
  const { walletAmount } = body;
  const purpose = body.purpose === undefined ? {} : { purpose: PURPOSES[body.purpose] };
  if (walletAmount === undefined) return purpose;
  if (walletAmount > 0 && !capabilities.includes('WALLET')) {
    throw new AppError('forbidden', {
      detail: 'This token may not use the wallet; use the link mailed to the customer.',
    });
  }
  return { walletAmount, ...purpose };
}

/** The contract of a checkout session, shared by all paths. */
export const paymentSessionContract = {
  body: z
    .strictObject({
      walletAmount: minorUnits
        .optional()
        .describe(
          "The part to pay from the customer's wallet; needs a token that may use the wallet. 0 removes the part. Where " +
            'the rest would be less than a card can pay, the wallet pays so much less that the card pays its minimum.',
        ),
      purpose: z
        .enum(['DEPOSIT', 'BALANCE'])
        .optional()
        .describe(
          'Pays for this and nothing else; without it, for whatever is due. BALANCE is required to pay the balance of ' +
            'a confirmed booking from the wallet, so that a repeated click on a deposit never pays the balance too. ' +
            'A repeated wallet payment with a purpose gets the answer of the first.',
        ),
    })
    .meta({
      examples: [{}, { walletAmount: 50_000, purpose: 'DEPOSIT' }, { walletAmount: 50_000, purpose: 'BALANCE' }],
    }),
  answers: {
    200: z
      .object({
        url: z.string().nullable().describe('URL of the checkout session.'),
        stage: z.enum(PAYMENT_STAGES),
        expiresAt: z.string().nullable().describe('The end of the hold.'),
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
