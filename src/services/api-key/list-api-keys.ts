import type { Context } from '../../context.ts';
import { toApiKeySheet } from './api-key-sheet.ts';
import type { ApiKeySheet } from './api-key-sheet.ts';

/** All keys the property ever had, the newest first; revoked ones stay, because bookings name who made them. */
export async function listApiKeys(ctx: Context, propertyId: string): Promise<ApiKeySheet[]> {
  const keys = await ctx.db.apiKey.findMany({
    where: { propertyId },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
  });
  return keys.map(toApiKeySheet);
}
