import type { RequestContext } from '../../../context.ts';
import { assertMayChangeWallet } from '../../../domain/access/wallet-right.ts';
import { assertChargeable } from '../../../domain/money/charge.ts';
import { answerOnce } from '../../core/idempotency/answer-once.ts';
import { postTransfers } from '../ledger/post-transfers.ts';
import { logAction } from '../../core/log/log-action.ts';
import type { WalletChange } from './credit-wallet.ts';
import { findWalletOwner } from './find-wallet-owner.ts';
import { LATEST_ITEM, readWalletDetails, storedWallet } from './get-wallet.ts';
import type { WalletDetails } from './get-wallet.ts';
import { assertSufficientFunds, lockWallet } from './lock-wallet.ts';

/**
 * Debits a customer's wallet, up to the balance that no payment under way reserves.
 *
 * Locks: the property's ledger.
 * Throws: forbidden, not_found, validation_failed, insufficient_wallet_balance.
 * Returns: the wallet after the debit, with the debit as the only item.
 */
export async function debitWallet(ctx: RequestContext, input: WalletChange): Promise<WalletDetails> {
  const { amount, customerId, reason } = input;
  return logAction(ctx, { event: 'wallet/debit', fields: { customerId, amount } }, () =>
    answerOnce(ctx, storedWallet, async (tx) => {
      assertMayChangeWallet(ctx.author);
      const owner = await findWalletOwner(tx, input);
      assertChargeable(owner.currency, { amount });
      assertSufficientFunds(await lockWallet(tx, owner), amount, owner.currency);
      const wallet = { kind: 'WALLET', customerId } as const;
      await postTransfers(tx, {
        ...owner,
        author: ctx.author,
        transfers: [{ kind: 'WALLET_DEBIT', from: wallet, to: { kind: 'CREDITS' }, amount, reason }],
      });
      return readWalletDetails(tx, owner, LATEST_ITEM);
    }),
  );
}
