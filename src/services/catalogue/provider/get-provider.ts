import type { Tx } from '../../../db/client.ts';
import { AppError } from '../../../errors.ts';

/** Finds a provider's id and time zone. Throws: not_found. */
export async function getProvider(
  db: Pick<Tx, 'provider'>,
  { propertyId, code }: { propertyId: string; code: string },
): Promise<{ id: string; timezone: string }> {
  const provider = await db.provider.findUnique({
    where: { propertyId_code: { propertyId, code } },
    select: { id: true, property: { select: { timezone: true } } },
  });
  if (provider === null) throw new AppError('not_found', { detail: `There is no provider "${code}".` });
  return { id: provider.id, timezone: provider.property.timezone };
}
