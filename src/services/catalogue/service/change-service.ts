import { z } from 'zod';
import type { RequestContext } from '../../../context.ts';
import type { Tx } from '../../../db/client.ts';
import { lockProviders } from '../../../db/locks.ts';
import { AppError } from '../../../errors.ts';
import { announce } from '../../core/feed/announce.ts';
import { answerOnce } from '../../core/idempotency/answer-once.ts';
import { storedResponse } from '../../core/idempotency/stored-response.ts';
import { logAction } from '../../core/log/log-action.ts';
import { listProviderIds } from '../provider/list-ids-by-code.ts';
import { listComingAppointments, listDisplaced, displacedAppointment } from '../../stock/time/list-displaced.ts';
import type { DisplacedAppointment } from '../../stock/time/list-displaced.ts';
import { assertServiceBookable } from '../property/assert-settings-agree.ts';
import { assertPriced, assertServiceChargeable } from './assert-priced.ts';
import { SERVICE_PARTS, serviceDetails, toServiceDetails } from './service-details.ts';
import type { ServiceFields } from './service-details.ts';

const changedService = serviceDetails
  .extend({ strandedAppointments: z.array(displacedAppointment).readonly() })
  .readonly();
export type ChangedService = z.output<typeof changedService>;

const storedChange = storedResponse('changed service', changedService);

/**
 * Changes the given fields of a service. Appointments keep time and price, displaced appointments included.
 *
 * Locks: all providers of the property, so that no appointment is made before displaced appointments are listed.
 * Throws: not_found, validation_failed.
 * Returns: the service, with the displaced appointments for staff to follow up.
 */
export async function changeService(
  ctx: RequestContext,
  input: {
    propertyId: string;
    code: string;
    changes: Partial<ServiceFields> & { readonly providers?: readonly string[] };
  },
): Promise<ChangedService> {
  const { propertyId, code } = input;
  const { providers, ...data } = input.changes;
  return logAction(ctx, { event: 'catalogue/change-service', fields: { service: code } }, () =>
    answerOnce(ctx, storedChange, async (tx) => {
      const found = await tx.service.findUnique({
        where: { propertyId_code: { propertyId, code } },
        select: { id: true },
      });
      if (found === null) throw new AppError('not_found', { detail: `There is no service "${code}".` });
      await assertServiceChargeable(tx, propertyId, data);
      await lockAllProviders(tx, propertyId);
      if (providers !== undefined) {
        await replaceProviders(tx, found.id, await listProviderIds(tx, { propertyId, codes: providers }));
      }
      const service = await tx.service.update({ where: { id: found.id }, data, include: SERVICE_PARTS });
      assertPriced(service);
      if ('minNoticeMinutes' in data || 'bookingWindowDays' in data) assertServiceBookable(service, service.property);
      await announce(tx, { propertyId, type: 'availability_changed', data: {} });
      const providerIds = providers && service.providers.map(({ provider }) => provider.id);
      const strandedAppointments = await listDisplacedByChange(tx, {
        serviceId: found.id,
        isInactive: data.isActive === false,
        providerIds,
      });
      return { ...toServiceDetails(service), strandedAppointments };
    }),
  );
}

async function lockAllProviders(tx: Tx, propertyId: string): Promise<void> {
  const providers = await tx.provider.findMany({ where: { propertyId }, select: { id: true } });
  await lockProviders(
    tx,
    providers.map(({ id }) => id),
  );
}

async function replaceProviders(tx: Tx, serviceId: string, providerIds: readonly string[]): Promise<void> {
  await tx.providerService.deleteMany({ where: { serviceId } });
  const data = providerIds.map((providerId) => ({ providerId, serviceId }));
  await tx.providerService.createMany({ data, skipDuplicates: true });
}

/** Lists appointments of a deactivated service, or with a provider who no longer does the service. */
async function listDisplacedByChange(
  tx: Tx,
  change: { serviceId: string; isInactive: boolean; providerIds: readonly string[] | undefined },
): Promise<DisplacedAppointment[]> {
  const { serviceId, isInactive, providerIds } = change;
  if (!isInactive && providerIds === undefined) return [];
  const coming = await listComingAppointments(tx, { serviceId });
  return listDisplaced(coming, ({ providerId }) => isInactive || providerIds?.includes(providerId) === false);
}
