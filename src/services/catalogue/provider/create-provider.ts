import { randomUUIDv7 } from 'node:crypto';
import type { RequestContext } from '../../../context.ts';
import { announce } from '../../core/feed/announce.ts';
import { answerOnce } from '../../core/idempotency/answer-once.ts';
import { logAction } from '../../core/log/log-action.ts';
import { listServiceIds } from './list-ids-by-code.ts';
import { PROVIDER_PARTS, storedProvider, toProviderDetails } from './provider-details.ts';
import type { ProviderFields, ProviderDetails } from './provider-details.ts';

/** Creates a provider without working hours. Throws: already_exists, validation_failed for an unknown service. */
export async function createProvider(
  ctx: RequestContext,
  input: ProviderFields & { propertyId: string; code: string; services: readonly string[] },
): Promise<ProviderDetails> {
  const { services, ...data } = input;
  const { propertyId, code } = data;
  return logAction(ctx, { event: 'catalogue/create-provider', fields: { provider: code } }, () =>
    answerOnce(ctx, storedProvider, async (tx) => {
      const serviceIds = await listServiceIds(tx, { propertyId, codes: services });
      const provider = await tx.provider.create({
        data: {
          id: randomUUIDv7(),
          ...data,
          services: { createMany: { data: serviceIds.map((serviceId) => ({ serviceId })) } },
        },
        include: PROVIDER_PARTS,
      });
      await announce(tx, { propertyId, type: 'availability_changed', data: {} });
      return toProviderDetails(provider);
    }),
  );
}
