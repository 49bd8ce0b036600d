import type { Tx } from '../../db/client.ts';
import { lockLedger } from '../../db/locks.ts';
import { AppError } from '../../errors.ts';

export interface WalletOwner {
  readonly propertyId: string;
  readonly customerId: string;
  readonly currency: string;
}

export interface WalletBalance {
  readonly balance: number;
  /** Set aside for payments under way. */
  readonly reserved: number;
}

/** What a customer has with the property, true until the transaction ends. Locks: the property's ledger. */
export async function lockWallet(tx: Tx, owner: WalletOwner): Promise<WalletBalance> {
  await lockLedger(tx, owner.propertyId);
  return readWallet(tx, owner);
}

/** What a customer has with the property at this moment. */
export async function readWallet(tx: Pick<Tx, 'ledgerAccount'>, owner: WalletOwner): Promise<WalletBalance> {
  const { propertyId, customerId, currency } = owner;
  const account = await tx.ledgerAccount.findFirst({ where: { propertyId, customerId, currency, kind: 'WALLET' } });
  return { balance: Number(account?.balance ?? 0), reserved: Number(account?.reserved ?? 0) };
}

/** Refuses when less than `amount` is free to be spent. Throws: insufficient_wallet_balance, saying what is there. */
export function assertCovers({ balance, reserved }: WalletBalance, amount: number, currency: string): void {
  const available = balance - reserved;
  if (amount > available) throw new AppError('insufficient_wallet_balance', { extra: { available, currency } });
}
