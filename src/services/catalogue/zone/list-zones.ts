import type { Context } from '../../../context.ts';
import { toZoneDetails, ZONE_PARTS } from './zone-details.ts';
import type { ZoneDetails } from './zone-details.ts';

/** Lists all zones of the property, inactive zones included, in display order. */
export async function listZones(ctx: Context, propertyId: string): Promise<ZoneDetails[]> {
  const zones = await ctx.db.zone.findMany({
    where: { propertyId },
    include: ZONE_PARTS,
    orderBy: [{ position: 'asc' }, { code: 'asc' }],
  });
  return zones.map(toZoneDetails);
}
