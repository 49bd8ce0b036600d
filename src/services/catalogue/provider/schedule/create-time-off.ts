import { randomUUIDv7 } from 'node:crypto';
import { z } from 'zod';
import type { RequestContext } from '../../../../context.ts';
import type { Tx } from '../../../../db/client.ts';
import { readClock } from '../../../../db/connection/clock.ts';
import { lockProviders } from '../../../../db/locks.ts';
import { AppError } from '../../../../errors.ts';
import { announce } from '../../../core/feed/announce.ts';
import { answerOnce } from '../../../core/idempotency/answer-once.ts';
import { storedResponse } from '../../../core/idempotency/stored-response.ts';
import { logAction } from '../../../core/log/log-action.ts';
import { getProvider } from '../get-provider.ts';
import { listComingAppointments, listDisplaced, displacedAppointment } from '../../../stock/time/list-displaced.ts';
import type { DisplacedAppointment } from '../../../stock/time/list-displaced.ts';
import { readStartAt } from '../../../stock/time/read-start.ts';
import { timeOffDetails, toTimeOffDetails } from './time-off-details.ts';

const createdTimeOff = timeOffDetails
  .extend({ strandedAppointments: z.array(displacedAppointment).readonly() })
  .readonly();
export type CreatedTimeOff = z.output<typeof createdTimeOff>;

const storedCreation = storedResponse('created time off', createdTimeOff);

/**
 * Creates a provider's time off. Appointments in that time stay.
 *
 * Times are instants, or wall times at the property.
 * Locks: the provider, so that no appointment is made between the change and the list of displaced appointments.
 * Throws: not_found, local_time_skipped, local_time_ambiguous, validation_failed, past_time.
 * Returns: the time off, with the displaced appointments for staff to follow up.
 */
export async function createTimeOff(
  ctx: RequestContext,
  input: { propertyId: string; code: string; startsAt: string; endsAt: string; reason: string | null },
): Promise<CreatedTimeOff> {
  const { propertyId, code, reason } = input;
  return logAction(ctx, { event: 'catalogue/create-time-off', fields: { provider: code } }, () =>
    answerOnce(ctx, storedCreation, async (tx) => {
      const { id: providerId, timezone } = await getProvider(tx, { propertyId, code });
      const startsAt = readStartAt(input.startsAt, timezone, 'startsAt');
      const endsAt = readStartAt(input.endsAt, timezone, 'endsAt');
      if (endsAt <= startsAt) {
        throw new AppError('validation_failed', { errors: [{ path: 'endsAt', message: 'must be after startsAt' }] });
      }
      if (endsAt <= (await readClock(tx)))
        throw new AppError('past_time', { detail: 'That time off has ended already; give a later endsAt.' });
      await lockProviders(tx, [providerId]);
      const row = await tx.timeOff.create({ data: { id: randomUUIDv7(), providerId, startsAt, endsAt, reason } });
      await announce(tx, { propertyId, type: 'availability_changed', data: {} });
      const strandedAppointments = await listOverlapping(tx, { providerId, startsAt, endsAt });
      return { ...toTimeOffDetails(row, timezone), strandedAppointments };
    }),
  );
}

/** Lists appointments that, buffers included, overlap a time. */
async function listOverlapping(
  tx: Tx,
  time: { providerId: string; startsAt: Date; endsAt: Date },
): Promise<DisplacedAppointment[]> {
  const coming = await listComingAppointments(tx, { providerId: time.providerId });
  return listDisplaced(
    coming,
    ({ occupiedFrom, occupiedUntil }) => occupiedFrom < time.endsAt && time.startsAt < occupiedUntil,
  );
}
