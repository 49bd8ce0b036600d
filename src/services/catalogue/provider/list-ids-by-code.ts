import type { Tx } from '../../../db/client.ts';
import { AppError } from '../../../errors.ts';

/** Lists the ids of providers in the codes' order. Throws: validation_failed, with the path of each unknown code. */
export async function listProviderIds(
  tx: Tx,
  { propertyId, codes }: { propertyId: string; codes: readonly string[] },
): Promise<string[]> {
  const found = await tx.provider.findMany({
    where: { propertyId, code: { in: [...codes] } },
    select: { id: true, code: true },
  });
  return mapCodesToIds(codes, found, 'providers');
}

/** Lists the ids of services in the codes' order. Throws: validation_failed, with the path of each unknown code. */
export async function listServiceIds(
  tx: Tx,
  { propertyId, codes }: { propertyId: string; codes: readonly string[] },
): Promise<string[]> {
  const found = await tx.service.findMany({
    where: { propertyId, code: { in: [...codes] } },
    select: { id: true, code: true },
  });
  return mapCodesToIds(codes, found, 'services');
}

function mapCodesToIds(
  codes: readonly string[],
  found: readonly { readonly id: string; readonly code: string }[],
  list: 'providers' | 'services',
): string[] {
  const ids = new Map(found.map(({ code, id }) => [code, id]));
  const errors = codes.flatMap((code, index) =>
    ids.has(code) ? [] : [{ path: `${list}.${String(index)}`, message: `there is no "${code}"` }],
  );
  if (errors.length > 0) throw new AppError('validation_failed', { errors });
  return codes.flatMap((code) => ids.get(code) ?? []);
}
