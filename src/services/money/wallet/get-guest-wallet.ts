import type { RequestContext } from '../../../context.ts';
import { assertMayUseWallet } from './assert-may-use-wallet.ts';
import { readWallet } from './lock-wallet.ts';

export interface GuestWallet {
  readonly balance: number;
  /** Balance less the amount reserved for payments under way. */
  readonly available: number;
  readonly currency: string;
}

/** Gets the wallet of a booking's customer, in the booking's currency. Throws: forbidden. */
export async function getGuestWallet(
  ctx: RequestContext,
  { bookingId }: { readonly bookingId: string },
): Promise<GuestWallet> {
  await assertMayUseWallet(ctx, ctx.db, { id: bookingId });
  const owner = await ctx.db.booking.findUniqueOrThrow({
    where: { id: bookingId },
    select: { propertyId: true, customerId: true, currency: true },
  });
  const { balance, reserved } = await readWallet(ctx.db, owner);
  return { balance, available: balance - reserved, currency: owner.currency };
}
