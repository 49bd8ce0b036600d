import { z } from 'zod';
import type { Prisma } from '../../../db/client.ts';
import { storedResponse } from '../../core/idempotency/stored-response.ts';

const zoneFields = z.object({
  name: z.string(),
  /** Beginnings of postal codes. */
  postalCodes: z.array(z.string()).readonly(),
  fee: z.number(),
  isActive: z.boolean(),
});
/** The members of a zone that staff set; the fee in minor units. */
export type ZoneFields = Readonly<z.output<typeof zoneFields>>;

const zoneDetails = zoneFields.extend({ code: z.string(), currency: z.string() }).readonly();
export type ZoneDetails = z.output<typeof zoneDetails>;

export const storedZone = storedResponse('zone', zoneDetails);

/** The relations that the details of a zone need. */
export const ZONE_PARTS = { property: { select: { currency: true } } } as const satisfies Prisma.ZoneInclude;

/** Converts a zone's row to details, in the property's currency. */
export function toZoneDetails(zone: Prisma.ZoneGetPayload<{ include: typeof ZONE_PARTS }>): ZoneDetails {
  const { code, name, postalCodes, isActive } = zone;
  return { code, name, postalCodes, fee: Number(zone.fee), isActive, currency: zone.property.currency };
}
