import { z } from 'zod';
import type { RequestContext } from '../../../../context.ts';
import type { Tx } from '../../../../db/client.ts';
import { readToday } from '../../../../db/connection/clock.ts';
import { lockProviders } from '../../../../db/locks.ts';
import type { PlainDate } from '../../../../domain/time/calendar.ts';
import { findOutsideHours } from '../../../../domain/time/displaced.ts';
import { AppError } from '../../../../errors.ts';
import { announce } from '../../../core/feed/announce.ts';
import { answerOnce } from '../../../core/idempotency/answer-once.ts';
import { storedResponse } from '../../../core/idempotency/stored-response.ts';
import { logAction } from '../../../core/log/log-action.ts';
import { getProvider } from '../get-provider.ts';
import { hoursDetails, readHours, parseRange, toOpeningHours } from './hours-details.ts';
import type { HoursDetails } from './hours-details.ts';
import { listComingAppointments, listDisplaced, displacedAppointment } from '../../../stock/time/list-displaced.ts';
import type { DisplacedAppointment } from '../../../stock/time/list-displaced.ts';

const replacedHours = hoursDetails
  .extend({ strandedAppointments: z.array(displacedAppointment).readonly() })
  .readonly();
export type ReplacedHours = z.output<typeof replacedHours>;

const storedHours = storedResponse('replaced hours', replacedHours);

/** The new hours; without exceptions the present exceptions stay. */
export type NewHours = Pick<HoursDetails, 'weekly'> & Partial<Pick<HoursDetails, 'exceptions'>>;

/**
 * Replaces a provider's weekly hours, and the exceptions from today on if given. Appointments stay.
 *
 * Locks: the provider, so that no appointment is made between the change and the list of displaced appointments.
 * Throws: not_found, validation_failed for an exception in the past, hours_overlap.
 * Returns: the hours, with the displaced appointments for staff to follow up.
 */
export async function replaceHours(
  ctx: RequestContext,
  input: { propertyId: string; code: string; hours: NewHours },
): Promise<ReplacedHours> {
  const { propertyId, code, hours } = input;
  return logAction(ctx, { event: 'catalogue/replace-hours', fields: { provider: code } }, () =>
    answerOnce(ctx, storedHours, async (tx) => {
      const { id: providerId, timezone } = await getProvider(tx, { propertyId, code });
      await lockProviders(tx, [providerId]);
      const today = await readToday(tx, propertyId);
      await writeWeekly(tx, providerId, hours.weekly);
      if (hours.exceptions !== undefined)
        await writeExceptions(tx, { providerId, today, exceptions: hours.exceptions });
      await announce(tx, { propertyId, type: 'availability_changed', data: {} });
      const written = await readHours(tx, { providerId, today });
      return { ...written, strandedAppointments: await listOutside(tx, { providerId, timezone, hours: written }) };
    }),
  );
}

async function writeWeekly(tx: Tx, providerId: string, weekly: HoursDetails['weekly']): Promise<void> {
  await tx.providerHours.deleteMany({ where: { providerId } });
  await tx.providerHours.createMany({
    data: weekly.map(({ weekday, ...range }) => {
      const { from, to } = parseRange(range);
      return { providerId, weekday, fromMinute: from, toMinute: to };
    }),
  });
}

async function writeExceptions(
  tx: Tx,
  input: { providerId: string; today: PlainDate; exceptions: HoursDetails['exceptions'] },
): Promise<void> {
  const { providerId, today, exceptions } = input;
  const errors = exceptions.flatMap(({ date }, index) =>
    date < today ? [{ path: `exceptions.${String(index)}.date`, message: 'must not be in the past' }] : [],
  );
  if (errors.length > 0) throw new AppError('validation_failed', { errors });
  await tx.providerException.deleteMany({ where: { providerId, onDate: { gte: new Date(today) } } });
  await tx.providerException.createMany({
    data: exceptions.flatMap(({ date, ranges }) => {
      // A date without ranges is a row without minutes: closed.
      const minutes = ranges.length === 0 ? [{ from: null, to: null }] : ranges.map(parseRange);
      return minutes.map(({ from, to }) => ({ providerId, onDate: new Date(date), fromMinute: from, toMinute: to }));
    }),
  });
}

/** Lists appointments outside of the hours. Buffers may lie outside. */
async function listOutside(
  tx: Tx,
  { providerId, timezone, hours }: { providerId: string; timezone: string; hours: HoursDetails },
): Promise<DisplacedAppointment[]> {
  const coming = await listComingAppointments(tx, { providerId });
  const times = coming.map(({ code, startsAt, endsAt }) => ({
    code,
    from: startsAt.getTime(),
    until: endsAt.getTime(),
  }));
  const outside = new Set(findOutsideHours(toOpeningHours(hours), timezone, times).map(({ code }) => code));
  return listDisplaced(coming, ({ code }) => outside.has(code));
}
