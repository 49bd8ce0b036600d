import type { Context } from '../../context.ts';
import { answerOnce } from '../idempotency/answer-once.ts';
import { postTransfers } from '../ledger/post-transfers.ts';
import { logAction } from '../log-action.ts';
import type { WalletChange } from './credit-wallet.ts';
import { findWalletOwner } from './find-wallet-owner.ts';
import { LATEST, readWalletSheet } from './get-wallet.ts';
import type { WalletSheet } from './get-wallet.ts';
import { assertCovers, lockWallet } from './lock-wallet.ts';

/**
 * Takes back what a customer was given; never what they do not have, nor what is set aside for a payment under way.
 *
 * Answers the wallet as it then is, with this one of its movements. Locks: the property's ledger. Throws: not_found, insufficient_wallet_balance.
 */
export async function debitWallet(ctx: Context, input: WalletChange): Promise<WalletSheet> {
  const { actor, amount, customerId, reason } = input;
  return logAction(ctx, { event: 'wallet/debit', actor, fields: { customerId, amount } }, () =>
    answerOnce(ctx, async (tx) => {
      const owner = await findWalletOwner(tx, input);
      assertCovers(await lockWallet(tx, owner), amount, owner.currency);
      const wallet = { kind: 'WALLET', customerId } as const;
      await postTransfers(tx, {
        ...{ ...owner, actor, requestId: ctx.request.id },
        transfers: [{ kind: 'WALLET_DEBIT', from: wallet, to: { kind: 'CREDITS' }, amount, reason }],
      });
      return readWalletSheet(tx, owner, LATEST);
    }),
  );
}
