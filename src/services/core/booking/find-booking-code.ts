import type { Context } from '../../../context.ts';
import type { BookingKind } from '../../../domain/booking-status.ts';

/** Finds a booking's code by `name`, which is its code or its id (UUID); null without such a booking. */
export async function findBookingCode(
  ctx: Context,
  input: { readonly propertyId: string; readonly kind: BookingKind; readonly name: string },
): Promise<string | null> {
  const { propertyId, kind, name } = input;
  const named = name.startsWith('BK-') ? { code: name } : { id: name };
  const booking = await ctx.db.booking.findFirst({
    where: { propertyId, kind, ...named },
    select: { code: true },
  });
  return booking?.code ?? null;
}
