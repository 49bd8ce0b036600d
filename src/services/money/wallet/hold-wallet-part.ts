import type { Payment, Tx } from '../../../db/client.ts';
import type { LockedBooking } from '../../../db/locks.ts';
import { assertSufficientFunds, lockWallet } from './lock-wallet.ts';

type Owner = Pick<LockedBooking, 'propertyId' | 'customerId' | 'currency'>;

/**
 * Reserves a part of the customer's wallet for a payment about to start.
 *
 * Locks: the property's ledger.
 * Throws: insufficient_wallet_balance.
 */
export async function holdWalletPart(tx: Tx, booking: Owner, amount: number): Promise<void> {
  if (amount === 0) return;
  assertSufficientFunds(await lockWallet(tx, booking), amount, booking.currency);
  await changeReserved(tx, booking, amount);
}

/**
 * Releases the wallet part reserved for a payment that has ended or is now captured.
 *
 * Locks: expects the booking locked; then the property's ledger.
 * Idempotent: a payment without a reserved part changes nothing.
 */
export async function releaseWalletPart(
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
