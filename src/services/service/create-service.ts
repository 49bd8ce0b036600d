import { randomUUIDv7 } from 'node:crypto';
import type { Context } from '../../context.ts';
import { lockProviders } from '../../db/locks.ts';
import type { Actor } from '../../domain/booking.ts';
import { announce } from '../feed/announce.ts';
import { answerOnce } from '../idempotency/answer-once.ts';
import { logAction } from '../log-action.ts';
import { listProviderIds } from '../provider/ids-of-codes.ts';
import { assertPriced } from './assert-priced.ts';
import { SERVICE_PARTS, toServiceSheet } from './service-sheet.ts';
import type { ServiceFields, ServiceSheet } from './service-sheet.ts';

/** Adds a service, and who does it. Throws: already_exists, validation_failed for a provider that is none. */
export async function createService(
  ctx: Context,
  input: ServiceFields & { propertyId: string; code: string; providers: readonly string[]; actor: Actor },
): Promise<ServiceSheet> {
  const { actor, providers, ...data } = input;
  const { propertyId, code } = data;
  return logAction(ctx, { event: 'catalogue/create-service', actor, fields: { service: code } }, () =>
    answerOnce(ctx, async (tx) => {
      assertPriced(data);
      const providerIds = await listProviderIds(tx, { propertyId, codes: providers });
      await lockProviders(tx, providerIds);
      const service = await tx.service.create({
        data: {
          ...{ id: randomUUIDv7(), ...data },
          providers: { createMany: { data: providerIds.map((providerId) => ({ providerId })) } },
        },
        include: SERVICE_PARTS,
      });
      await announce(tx, { propertyId, type: 'availability_changed', data: {} });
      return toServiceSheet(service);
    }),
  );
}
