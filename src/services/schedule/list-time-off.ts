import type { Context } from '../../context.ts';
import { readClock } from '../../db/clock.ts';
import { getProvider } from '../provider/get-provider.ts';
import { toTimeOffSheet } from './time-off-sheet.ts';
import type { TimeOffSheet } from './time-off-sheet.ts';

/** A provider's time off that is not over, by its start. Throws: not_found. */
export async function listTimeOff(ctx: Context, input: { propertyId: string; code: string }): Promise<TimeOffSheet[]> {
  const { id: providerId, timezone } = await getProvider(ctx.db, input);
  const rows = await ctx.db.timeOff.findMany({
    where: { providerId, endsAt: { gt: await readClock(ctx.db) } },
    orderBy: [{ startsAt: 'asc' }, { id: 'asc' }],
  });
  return rows.map((row) => toTimeOffSheet(row, timezone));
}
