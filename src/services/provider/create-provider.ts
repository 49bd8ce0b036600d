import { randomUUIDv7 } from 'node:crypto';
import type { Context } from '../../context.ts';
import type { Actor } from '../../domain/booking.ts';
import { announce } from '../feed/announce.ts';
import { answerOnce } from '../idempotency/answer-once.ts';
import { logAction } from '../log-action.ts';
import { listServiceIds } from './ids-of-codes.ts';
import { PROVIDER_PARTS, toProviderSheet } from './provider-sheet.ts';
import type { ProviderFields, ProviderSheet } from './provider-sheet.ts';

/** Adds a provider, with no hours yet. Throws: already_exists, validation_failed for a service that is none. */
export async function createProvider(
  ctx: Context,
  input: ProviderFields & { propertyId: string; code: string; services: readonly string[]; actor: Actor },
): Promise<ProviderSheet> {
  const { actor, services, ...data } = input;
  const { propertyId, code } = data;
  return logAction(ctx, { event: 'catalogue/create-provider', actor, fields: { provider: code } }, () =>
    answerOnce(ctx, async (tx) => {
      const serviceIds = await listServiceIds(tx, { propertyId, codes: services });
      const provider = await tx.provider.create({
        data: {
          ...{ id: randomUUIDv7(), ...data },
          services: { createMany: { data: serviceIds.map((serviceId) => ({ serviceId })) } },
        },
        include: PROVIDER_PARTS,
      });
      await announce(tx, { propertyId, type: 'availability_changed', data: {} });
      return toProviderSheet(provider);
    }),
  );
}
