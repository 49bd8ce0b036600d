import type { Context } from '../../context.ts';
import type { Tx } from '../../db/client.ts';
import { lockProviders } from '../../db/locks.ts';
import type { Actor } from '../../domain/booking.ts';
import { AppError } from '../../errors.ts';
import { announce } from '../feed/announce.ts';
import { answerOnce } from '../idempotency/answer-once.ts';
import { logAction } from '../log-action.ts';
import { listProviderIds } from '../provider/ids-of-codes.ts';
import { listComingAppointments, listStranded } from '../schedule/list-stranded.ts';
import type { StrandedAppointment } from '../schedule/list-stranded.ts';
import { assertPriced } from './assert-priced.ts';
import { SERVICE_PARTS, toServiceSheet } from './service-sheet.ts';
import type { ServiceFields, ServiceSheet } from './service-sheet.ts';

export interface ChangedService extends ServiceSheet {
  readonly strandedAppointments: readonly StrandedAppointment[];
}

/**
 * Changes what is given. Appointments made before keep their time and price, also those that could not be made any more:
 * they are answered, so that somebody can see to them.
 *
 * Locks: all providers of the property, so that no appointment is made meanwhile that the answer would not know of.
 * Throws: not_found, validation_failed.
 */
export async function changeService(
  ctx: Context,
  input: {
    propertyId: string;
    code: string;
    actor: Actor;
    changes: Partial<ServiceFields> & { readonly providers?: readonly string[] };
  },
): Promise<ChangedService> {
  const { propertyId, code, actor } = input;
  const { providers, ...data } = input.changes;
  return logAction(ctx, { event: 'catalogue/change-service', actor, fields: { service: code } }, () =>
    answerOnce(ctx, async (tx) => {
      const found = await tx.service.findUnique({
        where: { propertyId_code: { propertyId, code } },
        select: { id: true },
      });
      if (found === null) throw new AppError('not_found', { detail: `There is no service "${code}".` });
      await lockAllProviders(tx, propertyId);
      if (providers !== undefined) {
        await replaceProviders(tx, found.id, await listProviderIds(tx, { propertyId, codes: providers }));
      }
      const service = await tx.service.update({ where: { id: found.id }, data, include: SERVICE_PARTS });
      assertPriced(service);
      await announce(tx, { propertyId, type: 'availability_changed', data: {} });
      const doing = providers && service.providers.map(({ provider }) => provider.id);
      const strandedAppointments = await listLeftBehind(tx, {
        serviceId: found.id,
        isEnded: data.isActive === false,
        doing,
      });
      return { ...toServiceSheet(service), strandedAppointments };
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

/** Appointments of a service that has ended, or whose provider is not among those who do it now. */
async function listLeftBehind(
  tx: Tx,
  change: { serviceId: string; isEnded: boolean; doing: readonly string[] | undefined },
): Promise<StrandedAppointment[]> {
  const { serviceId, isEnded, doing } = change;
  if (!isEnded && doing === undefined) return [];
  const coming = await listComingAppointments(tx, { serviceId });
  return listStranded(coming, ({ providerId }) => isEnded || doing?.includes(providerId) === false);
}
