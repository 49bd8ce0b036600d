import type { Context } from '../../context.ts';
import { PROVIDER_PARTS, toProviderSheet } from './provider-sheet.ts';
import type { ProviderSheet } from './provider-sheet.ts';

/** All providers of the property, also those who take no more bookings, in the order they are shown. */
export async function listProviders(ctx: Context, propertyId: string): Promise<ProviderSheet[]> {
  const providers = await ctx.db.provider.findMany({
    where: { propertyId },
    include: PROVIDER_PARTS,
    orderBy: [{ position: 'asc' }, { code: 'asc' }],
  });
  return providers.map(toProviderSheet);
}
