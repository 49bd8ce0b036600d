import type { Tx } from '../../../db/client.ts';
import { AppError } from '../../../errors.ts';
import type { WalletOwner } from './lock-wallet.ts';

/**
 * Finds the customer as the owner of a wallet in the property's currency.
 *
 * Throws: not_found, also for a customer of another property.
 */
export async function findWalletOwner(
  db: Pick<Tx, 'customer'>,
  { propertyId, customerId }: { readonly propertyId: string; readonly customerId: string },
): Promise<WalletOwner> {
  const customer = await db.customer.findFirst({
    where: { id: customerId, propertyId },
    select: { property: { select: { currency: true } } },
  });
  if (customer === null) throw new AppError('not_found', { detail: 'There is no such customer.' });
  return { propertyId, customerId, currency: customer.property.currency };
}
