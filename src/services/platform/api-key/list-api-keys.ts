import type { Context } from '../../../context.ts';
import { toApiKeyDetails } from './api-key-details.ts';
import type { ApiKeyDetails } from './api-key-details.ts';

/** Lists all API keys of the property, the newest first; revoked keys too, because bookings name the key as author. */
export async function listApiKeys(ctx: Context, propertyId: string): Promise<ApiKeyDetails[]> {
  const keys = await ctx.db.apiKey.findMany({
    where: { propertyId },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
  });
  return keys.map(toApiKeyDetails);
}
