import type { RequestContext } from '../../../context.ts';
import { assertMayChangeWallet } from '../../../domain/access/wallet-right.ts';
import { assertChargeable } from '../../../domain/money/charge.ts';
import { answerOnce } from '../../core/idempotency/answer-once.ts';
import { postTransfers } from '../ledger/post-transfers.ts';
import { logAction } from '../../core/log/log-action.ts';
import { findWalletOwner } from './find-wallet-owner.ts';
import { LATEST_ITEM, readWalletDetails, storedWallet } from './get-wallet.ts';
import type { WalletDetails } from './get-wallet.ts';

export interface WalletChange {
  readonly propertyId: string;
  readonly customerId: string;
  /** In minor units of the property's currency. */
  readonly amount: number;
  readonly reason: string;
}

/**
 * Credits a customer's wallet.
 *
 * Locks: the property's ledger.
 * Throws: forbidden, not_found, validation_failed.
 * Returns: the wallet after the credit, with the credit as the only item.
 */
export async function creditWallet(ctx: RequestContext, input: WalletChange): Promise<WalletDetails> {
  const { amount, customerId, reason } = input;
  return logAction(ctx, { event: 'wallet/credit', fields: { customerId, amount } }, () =>
    answerOnce(ctx, storedWallet, async (tx) => {
      assertMayChangeWallet(ctx.author);
      const owner = await findWalletOwner(tx, input);
      assertChargeable(owner.currency, { amount });
      const wallet = { kind: 'WALLET', customerId } as const;
      await postTransfers(tx, {
        ...owner,
        author: ctx.author,
        transfers: [{ kind: 'WALLET_CREDIT', from: { kind: 'CREDITS' }, to: wallet, amount, reason }],
      });
      return readWalletDetails(tx, owner, LATEST_ITEM);
    }),
  );
}
