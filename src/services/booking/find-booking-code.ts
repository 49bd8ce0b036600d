import type { Context } from '../../context.ts';

/** The code of the property's stay that goes by this name, its code or its UUID; null when there is none here. */
export async function findBookingCode(
  ctx: Context,
  input: { readonly propertyId: string; readonly name: string },
): Promise<string | null> {
  const { propertyId, name } = input;
  const named = name.startsWith('BK-') ? { code: name } : { id: name };
  const booking = await ctx.db.booking.findFirst({
    where: { propertyId, kind: 'STAY', ...named },
    select: { code: true },
  });
  return booking?.code ?? null;
}
