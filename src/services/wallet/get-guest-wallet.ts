import type { Context } from '../../context.ts';
import { readWallet } from './lock-wallet.ts';

export interface GuestWallet {
  readonly balance: number;
  /** What is not set aside for a payment under way. */
  readonly available: number;
  readonly currency: string;
}

/** What the customer of a booking has with the property, in the booking's currency. */
export async function getGuestWallet(
  ctx: Context,
  { bookingId }: { readonly bookingId: string },
): Promise<GuestWallet> {
  const owner = await ctx.db.booking.findUniqueOrThrow({
    where: { id: bookingId },
    select: { propertyId: true, customerId: true, currency: true },
  });
  const { balance, reserved } = await readWallet(ctx.db, owner);
  return { balance, available: balance - reserved, currency: owner.currency };
}
