import type { Payment, Tx } from '../../db/client.ts';
import type { LockedBooking } from '../../db/locks.ts';
import { assertCovers, lockWallet } from './lock-wallet.ts';

type Owner = Pick<LockedBooking, 'propertyId' | 'customerId' | 'currency'>;

/**
 * Sets a part of the customer's wallet aside for a payment that is about to begin.
 *
 * Locks: the property's ledger. Throws: insufficient_wallet_balance.
 */
export async function holdWalletPart(tx: Tx, booking: Owner, amount: number): Promise<void> {
  if (amount === 0) return;
  assertCovers(await lockWallet(tx, booking), amount, booking.currency);
  await changeReserved(tx, booking, amount);
}

/**
 * Gives the part back that a payment had set aside, because it ended or because it is now spent.
 *
 * Idempotent: what is not set aside is not given back. Locks: expects the booking locked, takes the ledger.
 */
export async function freeWalletPart(
  tx: Tx,
  booking: Owner,
  payment: Pick<Payment, 'id' | 'walletAmount'>,
): Promise<void> {
  if (Number(payment.walletAmount) === 0) return;
  const { count } = await tx.payment.updateMany({
    where: { id: payment.id, isWalletHeld: true },
    data: { isWalletHeld: false },
  });
  if (count === 0) return;
  await lockWallet(tx, booking);
  await changeReserved(tx, booking, -Number(payment.walletAmount));
}

async function changeReserved(tx: Tx, owner: Owner, change: number): Promise<void> {
  const { propertyId, customerId, currency } = owner;
  await tx.ledgerAccount.updateMany({
    where: { propertyId, customerId, currency, kind: 'WALLET' },
    data: { reserved: { increment: change } },
  });
}
