import type { Context } from '../../../context.ts';
import { PROVIDER_PARTS, toProviderDetails } from './provider-details.ts';
import type { ProviderDetails } from './provider-details.ts';

/** Lists all providers of the property, inactive providers included, in display order. */
export async function listProviders(ctx: Context, propertyId: string): Promise<ProviderDetails[]> {
  const providers = await ctx.db.provider.findMany({
    where: { propertyId },
    include: PROVIDER_PARTS,
    orderBy: [{ position: 'asc' }, { code: 'asc' }],
  });
  return providers.map(toProviderDetails);
}
