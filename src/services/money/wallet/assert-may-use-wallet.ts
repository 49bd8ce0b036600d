import type { RequestContext } from '../../../context.ts';
import type { Tx } from '../../../db/client.ts';
import { assertMayChangeWallet } from '../../../domain/access/wallet-right.ts';
import { AppError } from '../../../errors.ts';
import { isWalletOfContact } from './is-wallet-of-contact.ts';

/** Asserts that this request may spend the wallet of the booking's customer. Throws: forbidden. */
export async function assertMayUseWallet(
  ctx: RequestContext,
  db: Tx | RequestContext['db'],
  booking: { readonly id: string },
): Promise<void> {
  assertMayChangeWallet(ctx.author);
  if (await isWalletOfContact(ctx, db, { bookingId: booking.id })) return;
  throw new AppError('forbidden', {
    detail: "The wallet belongs to the customer, whose e-mail address is not this booking's contact.",
  });
}
