import type { Context } from '../../../context.ts';
import { SERVICE_PARTS, toServiceDetails } from './service-details.ts';
import type { ServiceDetails } from './service-details.ts';

/** Lists all services of the property, inactive services included, in display order. */
export async function listServices(ctx: Context, propertyId: string): Promise<ServiceDetails[]> {
  const services = await ctx.db.service.findMany({
    where: { propertyId },
    include: SERVICE_PARTS,
    orderBy: [{ position: 'asc' }, { code: 'asc' }],
  });
  return services.map(toServiceDetails);
}
