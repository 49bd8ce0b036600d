import { randomUUIDv7 } from 'node:crypto';
import type { RequestContext } from '../../../context.ts';
import { lockProviders } from '../../../db/locks.ts';
import { announce } from '../../core/feed/announce.ts';
import { answerOnce } from '../../core/idempotency/answer-once.ts';
import { logAction } from '../../core/log/log-action.ts';
import { listProviderIds } from '../provider/list-ids-by-code.ts';
import { assertServiceBookable } from '../property/assert-settings-agree.ts';
import { assertPriced, assertServiceChargeable } from './assert-priced.ts';
import { SERVICE_PARTS, storedService, toServiceDetails } from './service-details.ts';
import type { ServiceFields, ServiceDetails } from './service-details.ts';

/** Creates a service with its providers. Throws: already_exists, validation_failed for an unknown provider. */
export async function createService(
  ctx: RequestContext,
  input: ServiceFields & { propertyId: string; code: string; providers: readonly string[] },
): Promise<ServiceDetails> {
  const { providers, ...data } = input;
  const { propertyId, code } = data;
  return logAction(ctx, { event: 'catalogue/create-service', fields: { service: code } }, () =>
    answerOnce(ctx, storedService, async (tx) => {
      assertPriced(data);
      await assertServiceChargeable(tx, propertyId, data);
      const providerIds = await listProviderIds(tx, { propertyId, codes: providers });
      await lockProviders(tx, providerIds);
      const service = await tx.service.create({
        data: {
          id: randomUUIDv7(),
          ...data,
          providers: { createMany: { data: providerIds.map((providerId) => ({ providerId })) } },
        },
        include: SERVICE_PARTS,
      });
      assertServiceBookable(service, service.property);
      await announce(tx, { propertyId, type: 'availability_changed', data: {} });
      return toServiceDetails(service);
    }),
  );
}
