import type { Context } from '../../../context.ts';
import { AppError } from '../../../errors.ts';
import { getPublicProperty } from '../../../services/catalogue/property/get-public-property.ts';

/** Returns the property's first service, for paths without a service. Throws: not_found when no service is on sale. */
export async function firstServiceOf(ctx: Context, slug: string): Promise<string> {
  const { services } = await getPublicProperty(ctx, slug);
  const [first] = services;
  if (first === undefined) throw new AppError('not_found', { detail: 'The property sells no service.' });
  return first.code;
}
