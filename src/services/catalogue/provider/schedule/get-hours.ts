import type { Context } from '../../../../context.ts';
import { readToday } from '../../../../db/connection/clock.ts';
import { getProvider } from '../get-provider.ts';
import { readHours } from './hours-details.ts';
import type { HoursDetails } from './hours-details.ts';

/** Reads a provider's weekly hours, and the exceptions from today on. Throws: not_found. */
export async function getHours(ctx: Context, input: { propertyId: string; code: string }): Promise<HoursDetails> {
  const { id: providerId } = await getProvider(ctx.db, input);
  return readHours(ctx.db, { providerId, today: await readToday(ctx.db, input.propertyId) });
}
