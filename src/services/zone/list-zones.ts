import type { Context } from '../../context.ts';
import { toZoneSheet, ZONE_PARTS } from './zone-sheet.ts';
import type { ZoneSheet } from './zone-sheet.ts';

/** All zones of the property, also those no longer travelled to, in the order they are shown. */
export async function listZones(ctx: Context, propertyId: string): Promise<ZoneSheet[]> {
  const zones = await ctx.db.zone.findMany({
    where: { propertyId },
    include: ZONE_PARTS,
    orderBy: [{ position: 'asc' }, { code: 'asc' }],
  });
  return zones.map(toZoneSheet);
}
