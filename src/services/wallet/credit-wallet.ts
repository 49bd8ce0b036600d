import type { Context } from '../../context.ts';
import type { Actor } from '../../domain/booking.ts';
import { answerOnce } from '../idempotency/answer-once.ts';
import { postTransfers } from '../ledger/post-transfers.ts';
import { logAction } from '../log-action.ts';
import { findWalletOwner } from './find-wallet-owner.ts';
import { LATEST, readWalletSheet } from './get-wallet.ts';
import type { WalletSheet } from './get-wallet.ts';

export interface WalletChange {
  readonly propertyId: string;
  readonly customerId: string;
  /** In minor units of the property's currency. */
  readonly amount: number;
  readonly reason: string;
  readonly actor: Actor;
}

/**
 * Gives a customer money to spend with the property. Answers the wallet as it then is, with this one of its movements.
 *
 * Locks: the property's ledger. Throws: not_found.
 */
export async function creditWallet(ctx: Context, input: WalletChange): Promise<WalletSheet> {
  const { actor, amount, customerId, reason } = input;
  return logAction(ctx, { event: 'wallet/credit', actor, fields: { customerId, amount } }, () =>
    answerOnce(ctx, async (tx) => {
      const owner = await findWalletOwner(tx, input);
      const wallet = { kind: 'WALLET', customerId } as const;
      await postTransfers(tx, {
        ...{ ...owner, actor, requestId: ctx.request.id },
        transfers: [{ kind: 'WALLET_CREDIT', from: { kind: 'CREDITS' }, to: wallet, amount, reason }],
      });
      return readWalletSheet(tx, owner, LATEST);
    }),
  );
}
