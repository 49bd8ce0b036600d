import type { Context } from '../../context.ts';
import { SERVICE_PARTS, toServiceSheet } from './service-sheet.ts';
import type { ServiceSheet } from './service-sheet.ts';

/** All services of the property, also those no longer sold, in the order they are shown. */
export async function listServices(ctx: Context, propertyId: string): Promise<ServiceSheet[]> {
  const services = await ctx.db.service.findMany({
    where: { propertyId },
    include: SERVICE_PARTS,
    orderBy: [{ position: 'asc' }, { code: 'asc' }],
  });
  return services.map(toServiceSheet);
}
