import { randomUUIDv7 } from 'node:crypto';
import type { Context } from '../../context.ts';
import type { Tx } from '../../db/client.ts';
import { readClock } from '../../db/clock.ts';
import { lockProviders } from '../../db/locks.ts';
import type { Actor } from '../../domain/booking.ts';
import { AppError } from '../../errors.ts';
import { announce } from '../feed/announce.ts';
import { answerOnce } from '../idempotency/answer-once.ts';
import { logAction } from '../log-action.ts';
import { getProvider } from '../provider/get-provider.ts';
import { listComingAppointments, listStranded } from './list-stranded.ts';
import type { StrandedAppointment } from './list-stranded.ts';
import { readStartAt } from '../slots/read-start.ts';
import { toTimeOffSheet } from './time-off-sheet.ts';
import type { TimeOffSheet } from './time-off-sheet.ts';

export interface CreatedTimeOff extends TimeOffSheet {
  readonly strandedAppointments: readonly StrandedAppointment[];
}

/**
 * Takes a provider's time off sale. Appointments in it stay and are answered, so that somebody can see to them.
 *
 * Times are instants, or wall times at the property.
 * Locks: the provider, so that no appointment is made meanwhile that the answer would not know of.
 * Throws: not_found, local_time_skipped, local_time_ambiguous, validation_failed, past_time.
 */
export async function createTimeOff(
  ctx: Context,
  input: { propertyId: string; code: string; startsAt: string; endsAt: string; reason: string | null; actor: Actor },
): Promise<CreatedTimeOff> {
  const { propertyId, code, actor, reason } = input;
  return logAction(ctx, { event: 'catalogue/create-time-off', actor, fields: { provider: code } }, () =>
    answerOnce(ctx, async (tx) => {
      const { id: providerId, timezone } = await getProvider(tx, { propertyId, code });
      const startsAt = readStartAt(input.startsAt, timezone, 'startsAt');
      const endsAt = readStartAt(input.endsAt, timezone, 'endsAt');
      if (endsAt <= startsAt) {
        throw new AppError('validation_failed', { errors: [{ path: 'endsAt', message: 'must be after startsAt' }] });
      }
      if (endsAt <= (await readClock(tx)))
        throw new AppError('past_time', { detail: 'That time off would be over already.' });
      await lockProviders(tx, [providerId]);
      const row = await tx.timeOff.create({ data: { id: randomUUIDv7(), providerId, startsAt, endsAt, reason } });
      await announce(tx, { propertyId, type: 'availability_changed', data: {} });
      const strandedAppointments = await listInside(tx, { providerId, startsAt, endsAt });
      return { ...toTimeOffSheet(row, timezone), strandedAppointments };
    }),
  );
}

/** Appointments whose time, buffers included, meets this time. */
async function listInside(
  tx: Tx,
  time: { providerId: string; startsAt: Date; endsAt: Date },
): Promise<StrandedAppointment[]> {
  const coming = await listComingAppointments(tx, { providerId: time.providerId });
  return listStranded(
    coming,
    ({ occupiedFrom, occupiedUntil }) => occupiedFrom < time.endsAt && time.startsAt < occupiedUntil,
  );
}
