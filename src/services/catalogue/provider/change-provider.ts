import { z } from 'zod';
import type { RequestContext } from '../../../context.ts';
import type { Tx } from '../../../db/client.ts';
import { lockProviders } from '../../../db/locks.ts';
import { announce } from '../../core/feed/announce.ts';
import { answerOnce } from '../../core/idempotency/answer-once.ts';
import { storedResponse } from '../../core/idempotency/stored-response.ts';
import { logAction } from '../../core/log/log-action.ts';
import { getProvider } from './get-provider.ts';
import { listServiceIds } from './list-ids-by-code.ts';
import { listComingAppointments, listDisplaced, displacedAppointment } from '../../stock/time/list-displaced.ts';
import type { DisplacedAppointment } from '../../stock/time/list-displaced.ts';
import { PROVIDER_PARTS, providerDetails, toProviderDetails } from './provider-details.ts';
import type { ProviderFields } from './provider-details.ts';

const changedProvider = providerDetails
  .extend({ strandedAppointments: z.array(displacedAppointment).readonly() })
  .readonly();
export type ChangedProvider = z.output<typeof changedProvider>;

const storedChange = storedResponse('changed provider', changedProvider);

/**
 * Changes the given fields of a provider. Appointments stay, displaced appointments included.
 *
 * Locks: the provider, so that no appointment is made between the change and the list of displaced appointments.
 * Throws: not_found, validation_failed.
 * Returns: the provider, with the displaced appointments for staff to follow up.
 */
export async function changeProvider(
  ctx: RequestContext,
  input: {
    propertyId: string;
    code: string;
    changes: Partial<ProviderFields> & { readonly services?: readonly string[] };
  },
): Promise<ChangedProvider> {
  const { propertyId, code } = input;
  const { services, ...data } = input.changes;
  return logAction(ctx, { event: 'catalogue/change-provider', fields: { provider: code } }, () =>
    answerOnce(ctx, storedChange, async (tx) => {
      const { id } = await getProvider(tx, { propertyId, code });
      await lockProviders(tx, [id]);
      if (services !== undefined) {
        await replaceServices(tx, id, await listServiceIds(tx, { propertyId, codes: services }));
      }
      const provider = await tx.provider.update({ where: { id }, data, include: PROVIDER_PARTS });
      await announce(tx, { propertyId, type: 'availability_changed', data: {} });
      const serviceIds = services && provider.services.map(({ service }) => service.id);
      const strandedAppointments = await listDisplacedByChange(tx, {
        providerId: id,
        isInactive: data.isActive === false,
        serviceIds,
      });
      return { ...toProviderDetails(provider), strandedAppointments };
    }),
  );
}

async function replaceServices(tx: Tx, providerId: string, serviceIds: readonly string[]): Promise<void> {
  await tx.providerService.deleteMany({ where: { providerId } });
  const data = serviceIds.map((serviceId) => ({ providerId, serviceId }));
  await tx.providerService.createMany({ data, skipDuplicates: true });
}

/** Lists appointments of a deactivated provider, or for a service that the provider no longer does. */
async function listDisplacedByChange(
  tx: Tx,
  change: { providerId: string; isInactive: boolean; serviceIds: readonly string[] | undefined },
): Promise<DisplacedAppointment[]> {
  const { providerId, isInactive, serviceIds } = change;
  if (!isInactive && serviceIds === undefined) return [];
  const coming = await listComingAppointments(tx, { providerId });
  return listDisplaced(coming, ({ serviceId }) => isInactive || serviceIds?.includes(serviceId) === false);
}
