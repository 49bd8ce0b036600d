import type { Context } from '../../../context.ts';
import type { Property } from '../../../db/client.ts';

/** Reads the property's settings. */
export async function getSettings(ctx: Context, propertyId: string): Promise<Property> {
  return ctx.db.property.findUniqueOrThrow({ where: { id: propertyId } });
}
