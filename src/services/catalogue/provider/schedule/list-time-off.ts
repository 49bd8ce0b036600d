import type { Context } from '../../../../context.ts';
import { readClock } from '../../../../db/connection/clock.ts';
import { getProvider } from '../get-provider.ts';
import { toTimeOffDetails } from './time-off-details.ts';
import type { TimeOffDetails } from './time-off-details.ts';

/** Lists a provider's current and future time off, by start. Throws: not_found. */
export async function listTimeOff(
  ctx: Context,
  input: { propertyId: string; code: string },
): Promise<TimeOffDetails[]> {
  const { id: providerId, timezone } = await getProvider(ctx.db, input);
  const rows = await ctx.db.timeOff.findMany({
    where: { providerId, endsAt: { gt: await readClock(ctx.db) } },
    orderBy: [{ startsAt: 'asc' }, { id: 'asc' }],
  });
  return rows.map((row) => toTimeOffDetails(row, timezone));
}
