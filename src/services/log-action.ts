import type { Context } from '../context.ts';
import type { Actor, BookingSnapshot } from '../domain/booking.ts';
import type { LogEvent, Milestone } from '../domain/log-events.ts';
import { AppError } from '../errors.ts';

/** What a log line may carry: codes, ids, amounts. Never names, addresses, telephones or tokens. */
type LogFields = Record<string, string | number | boolean | null | undefined>;

/**
 * Runs an action and logs that it was done, by whom and how it ended, refusals included.
 *
 * `describe` adds what is known only afterwards, such as the code of a new booking.
 */
export async function logAction<T>(
  ctx: Context,
  action: { readonly event: LogEvent; readonly actor: Actor; readonly fields?: LogFields },
  work: () => Promise<T>,
  describe: (result: T) => LogFields = () => ({}),
): Promise<T> {
  const line = { event: action.event, actor: action.actor.type, actorId: action.actor.id, requestId: ctx.request.id };
  try {
    const result = await work();
    ctx.log.info({ ...line, ...action.fields, ...describe(result), outcome: outcomeOf(ctx) }, action.event);
    return result;
  } catch (error) {
    const outcome = error instanceof AppError ? error.code : 'internal_error';
    ctx.log.info({ ...line, ...action.fields, outcome }, action.event);
    throw error;
  }
}

/** Logs that a booking has come so far; not for a dry run or a replay, in which nothing happened. */
export function logMilestone(
  ctx: Context,
  milestone: Milestone,
  booking: BookingSnapshot,
  fields: LogFields = {},
): void {
  if (outcomeOf(ctx) !== 'ok') return;
  const { code, status, source, price } = booking;
  const { totalPayable, currency } = price;
  const line = { event: milestone, code, status, source, totalPayable, currency, requestId: ctx.request.id };
  ctx.log.info({ ...line, ...fields }, milestone);
}

function outcomeOf(ctx: Context): 'ok' | 'dry_run' | 'replayed' {
  if (ctx.request.isDryRun) return 'dry_run';
  return ctx.request.idempotency?.wasReplayed === true ? 'replayed' : 'ok';
}
