import type { Tx } from '../../../db/client.ts';
import { lockLedger } from '../../../db/locks.ts';
import { AppError } from '../../../errors.ts';

export interface WalletOwner {
  readonly propertyId: string;
  readonly customerId: string;
  readonly currency: string;
}

export interface WalletBalance {
  readonly balance: number;
  /** Reserved for payments under way, in minor units. */
  readonly reserved: number;
}

/** Reads a customer's wallet balance, which stays valid until the transaction ends. Locks: the property's ledger. */
export async function lockWallet(tx: Tx, owner: WalletOwner): Promise<WalletBalance> {
  await lockLedger(tx, owner.propertyId);
  return readWallet(tx, owner);
}

/** Reads a customer's wallet balance without a lock. */
export async function readWallet(tx: Pick<Tx, 'ledgerAccount'>, owner: WalletOwner): Promise<WalletBalance> {
  const { propertyId, customerId, currency } = owner;
  const account = await tx.ledgerAccount.findFirst({ where: { propertyId, customerId, currency, kind: 'WALLET' } });
  return { balance: Number(account?.balance ?? 0), reserved: Number(account?.reserved ?? 0) };
}

/** Asserts that the unreserved balance covers `amount`. Throws: insufficient_wallet_balance. */
export function assertSufficientFunds({ balance, reserved }: WalletBalance, amount: number, currency: string): void {
  const available = balance - reserved;
  if (amount > available) throw new AppError('insufficient_wallet_balance', { extra: { available, currency } });
}
