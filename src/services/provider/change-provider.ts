import type { Context } from '../../context.ts';
import type { Tx } from '../../db/client.ts';
import { lockProviders } from '../../db/locks.ts';
import type { Actor } from '../../domain/booking.ts';
import { announce } from '../feed/announce.ts';
import { answerOnce } from '../idempotency/answer-once.ts';
import { logAction } from '../log-action.ts';
import { getProvider } from './get-provider.ts';
import { listServiceIds } from './ids-of-codes.ts';
import { listComingAppointments, listStranded } from '../schedule/list-stranded.ts';
import type { StrandedAppointment } from '../schedule/list-stranded.ts';
import { PROVIDER_PARTS, toProviderSheet } from './provider-sheet.ts';
import type { ProviderFields, ProviderSheet } from './provider-sheet.ts';

export interface ChangedProvider extends ProviderSheet {
  readonly strandedAppointments: readonly StrandedAppointment[];
}

/**
 * Changes what is given. Appointments made before stay, also those that could not be made any more: they are answered, so
 * that somebody can see to them.
 *
 * Locks: the provider, so that no appointment is made meanwhile that the answer would not know of.
 * Throws: not_found, validation_failed.
 */
export async function changeProvider(
  ctx: Context,
  input: {
    propertyId: string;
    code: string;
    actor: Actor;
    changes: Partial<ProviderFields> & { readonly services?: readonly string[] };
  },
): Promise<ChangedProvider> {
  const { propertyId, code, actor } = input;
  const { services, ...data } = input.changes;
  return logAction(ctx, { event: 'catalogue/change-provider', actor, fields: { provider: code } }, () =>
    answerOnce(ctx, async (tx) => {
      const { id } = await getProvider(tx, { propertyId, code });
      await lockProviders(tx, [id]);
      if (services !== undefined) {
        await replaceServices(tx, id, await listServiceIds(tx, { propertyId, codes: services }));
      }
      const provider = await tx.provider.update({ where: { id }, data, include: PROVIDER_PARTS });
      await announce(tx, { propertyId, type: 'availability_changed', data: {} });
      const done = services && provider.services.map(({ service }) => service.id);
      const strandedAppointments = await listLeftBehind(tx, { providerId: id, isGone: data.isActive === false, done });
      return { ...toProviderSheet(provider), strandedAppointments };
    }),
  );
}

async function replaceServices(tx: Tx, providerId: string, serviceIds: readonly string[]): Promise<void> {
  await tx.providerService.deleteMany({ where: { providerId } });
  const data = serviceIds.map((serviceId) => ({ providerId, serviceId }));
  await tx.providerService.createMany({ data, skipDuplicates: true });
}

/** Appointments of a provider who is gone, or for a service that is not among those done now. */
async function listLeftBehind(
  tx: Tx,
  change: { providerId: string; isGone: boolean; done: readonly string[] | undefined },
): Promise<StrandedAppointment[]> {
  const { providerId, isGone, done } = change;
  if (!isGone && done === undefined) return [];
  const coming = await listComingAppointments(tx, { providerId });
  return listStranded(coming, ({ serviceId }) => isGone || done?.includes(serviceId) === false);
}
