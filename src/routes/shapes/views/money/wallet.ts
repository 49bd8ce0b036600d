import { z } from 'zod';
import { ACTOR_TYPES } from '../../../../domain/booking-status.ts';
import { encodeCursor } from '../../../../http/contract/paging.ts';
import type { GuestWallet } from '../../../../services/money/wallet/get-guest-wallet.ts';
import type { WalletDetails } from '../../../../services/money/wallet/get-wallet.ts';

const item = z.object({
  id: z.string(),
  at: z.string(),
  kind: z
    .string()
    .describe('`WALLET_CREDIT` and `WALLET_DEBIT`: by staff; `PAYMENT`: for a booking; `PAYOUT`: of a refund.'),
  amount: z.int().describe('In minor units; negative for debits.'),
  bookingCode: z.string().optional(),
  reason: z.string().optional(),
  actor: z.object({ type: z.enum(ACTOR_TYPES), name: z.string().optional() }),
  linkMadeBy: z.string().optional().describe('The member of staff who made the link that paid.'),
});

/** A customer's wallet with its transactions. */
export const walletView = z
  .object({
    balance: z.int().describe('The balance, reserved amounts included.'),
    reserved: z.int().describe('Reserved for pending payments.'),
    currency: z.string(),
    items: z.array(item).describe('Latest transaction first.'),
    nextCursor: z.string().nullable(),
  })
  .meta({
    examples: [
      {
        balance: 2_000,
        reserved: 0,
        currency: 'EUR',
        nextCursor: null,
        items: [
          {
            id: '812',
            at: '2027-05-02T08:00:00.000Z',
            kind: 'PAYMENT',
            amount: -3_000,
            bookingCode: 'BK-2027-0042',
            actor: { type: 'GUEST' },
          },
          {
            id: '790',
            at: '2027-05-01T08:00:00.000Z',
            kind: 'WALLET_CREDIT',
            amount: 5_000,
            reason: 'Shower was cold',
            actor: { type: 'STAFF', name: 'Finn' },
          },
        ],
      },
    ],
  });

export const guestWalletView = z
  .object({
    balance: z.int(),
    available: z.int().describe('The balance minus reserved amounts.'),
    currency: z.string(),
  })
  .meta({ examples: [{ balance: 5_000, available: 5_000, currency: 'EUR' }] });

export function viewWallet({ items, nextId, balance, reserved, currency }: WalletDetails): z.output<typeof walletView> {
  return {
    balance,
    reserved,
    currency,
    items: items.map(({ bookingCode, reason, actor, linkMadeBy, ...entry }) => ({
      ...entry,
      ...(bookingCode !== null && { bookingCode }),
      ...(reason !== null && { reason }),
      ...(linkMadeBy !== null && { linkMadeBy }),
      actor: { type: actor.type, ...(actor.name !== null && { name: actor.name }) },
    })),
    nextCursor: encodeCursor(nextId === null ? null : [nextId]),
  };
}

export function viewGuestWallet(wallet: GuestWallet): z.output<typeof guestWalletView> {
  return { ...wallet };
}
