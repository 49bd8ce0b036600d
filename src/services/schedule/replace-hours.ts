import type { Context } from '../../context.ts';
import type { Tx } from '../../db/client.ts';
import { readToday } from '../../db/clock.ts';
import { lockProviders } from '../../db/locks.ts';
import type { Actor } from '../../domain/booking.ts';
import type { PlainDate } from '../../domain/time/calendar.ts';
import { findOutsideHours } from '../../domain/time/stranded.ts';
import { AppError } from '../../errors.ts';
import { announce } from '../feed/announce.ts';
import { answerOnce } from '../idempotency/answer-once.ts';
import { logAction } from '../log-action.ts';
import { getProvider } from '../provider/get-provider.ts';
import { readHours, readRange, toOpeningHours } from './hours-sheet.ts';
import type { HoursSheet } from './hours-sheet.ts';
import { listComingAppointments, listStranded } from './list-stranded.ts';
import type { StrandedAppointment } from './list-stranded.ts';

export interface ReplacedHours extends HoursSheet {
  readonly strandedAppointments: readonly StrandedAppointment[];
}

/** What replaces the hours; exceptions that are absent stay as they are. */
export type NewHours = Pick<HoursSheet, 'weekly'> & Partial<Pick<HoursSheet, 'exceptions'>>;

/**
 * Replaces a provider's weekly hours, and the exceptions from today on where new ones are given. Appointments stay; those
 * that now lie outside the hours are answered, so that somebody can see to them.
 *
 * Locks: the provider, so that of two at once one comes after the other, and no appointment is made meanwhile.
 * Throws: not_found, validation_failed for an exception in the past, hours_overlap.
 */
export async function replaceHours(
  ctx: Context,
  input: { propertyId: string; code: string; actor: Actor; hours: NewHours },
): Promise<ReplacedHours> {
  const { propertyId, code, actor, hours } = input;
  return logAction(ctx, { event: 'catalogue/replace-hours', actor, fields: { provider: code } }, () =>
    answerOnce(ctx, async (tx) => {
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

async function writeWeekly(tx: Tx, providerId: string, weekly: HoursSheet['weekly']): Promise<void> {
  await tx.providerHours.deleteMany({ where: { providerId } });
  await tx.providerHours.createMany({
    data: weekly.map(({ weekday, ...range }) => {
      const { from, to } = readRange(range);
      return { providerId, weekday, fromMinute: from, toMinute: to };
    }),
  });
}

async function writeExceptions(
  tx: Tx,
  input: { providerId: string; today: PlainDate; exceptions: HoursSheet['exceptions'] },
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
      const minutes = ranges.length === 0 ? [{ from: null, to: null }] : ranges.map(readRange);
      return minutes.map(({ from, to }) => ({ providerId, onDate: new Date(date), fromMinute: from, toMinute: to }));
    }),
  });
}

/** Appointments that no stretch of these hours covers. The time of their buffers need not be covered. */
async function listOutside(
  tx: Tx,
  { providerId, timezone, hours }: { providerId: string; timezone: string; hours: HoursSheet },
): Promise<StrandedAppointment[]> {
  const coming = await listComingAppointments(tx, { providerId });
  const times = coming.map(({ code, startsAt, endsAt }) => ({
    code,
    from: startsAt.getTime(),
    until: endsAt.getTime(),
  }));
  const outside = new Set(findOutsideHours(toOpeningHours(hours), timezone, times).map(({ code }) => code));
  return listStranded(coming, ({ code }) => outside.has(code));
}
