import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import { getPublicProperty } from '../../services/property/get-public-property.ts';

/** The service that a path without one means: the first the property has on sale. Throws: not_found. */
export async function firstServiceOf(ctx: Context, slug: string): Promise<string> {
  const { services } = await getPublicProperty(ctx, slug);
  const [first] = services;
  if (first === undefined) throw new AppError('not_found', { detail: 'No service is on sale.' });
  return first.code;
}
