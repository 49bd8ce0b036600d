import type { Context } from '../../context.ts';
import { readToday } from '../../db/clock.ts';
import { getProvider } from '../provider/get-provider.ts';
import { readHours } from './hours-sheet.ts';
import type { HoursSheet } from './hours-sheet.ts';

/** When a provider works: every week, and the exceptions from today on. Throws: not_found. */
export async function getHours(ctx: Context, input: { propertyId: string; code: string }): Promise<HoursSheet> {
  const { id: providerId } = await getProvider(ctx.db, input);
  return readHours(ctx.db, { providerId, today: await readToday(ctx.db, input.propertyId) });
}
