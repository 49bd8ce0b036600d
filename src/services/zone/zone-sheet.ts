import type { Prisma } from '../../db/client.ts';

/** What a zone is made of; the fee in minor units. Plain JSON, so that an answer can be kept. */
export interface ZoneFields {
  readonly name: string;
  /** Beginnings of postal codes. */
  readonly postalCodes: readonly string[];
  readonly fee: number;
  readonly isActive: boolean;
}

export interface ZoneSheet extends ZoneFields {
  readonly code: string;
  readonly currency: string;
}

/** What is read with a zone to show it. */
export const ZONE_PARTS = { property: { select: { currency: true } } } as const satisfies Prisma.ZoneInclude;

/** The zone as it is shown, in the property's currency. */
export function toZoneSheet(zone: Prisma.ZoneGetPayload<{ include: typeof ZONE_PARTS }>): ZoneSheet {
  const { code, name, postalCodes, isActive } = zone;
  return { code, name, postalCodes, fee: Number(zone.fee), isActive, currency: zone.property.currency };
}
