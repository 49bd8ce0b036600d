import { z } from 'zod';
import type { ZoneDetails } from '../../../../services/catalogue/zone/zone-details.ts';

export const zoneView = z
  .object({
    code: z.string(),
    name: z.string(),
    postalCodes: z.array(z.string()),
    fee: z.int(),
    currency: z.string(),
    isActive: z.boolean(),
  })
  .meta({
    examples: [
      { code: 'B', name: 'North Bay', postalCodes: ['945', '949'], fee: 3500, currency: 'USD', isActive: true },
    ],
  });

export const publicZoneView = zoneView.pick({ code: true, name: true, fee: true });

export function viewZone(zone: ZoneDetails): z.output<typeof zoneView> {
  return { ...zone, postalCodes: [...zone.postalCodes] };
}
