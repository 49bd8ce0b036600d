import { SpanStatusCode, trace } from '@opentelemetry/api';
import type { Context } from '../context.ts';
import type { Actor, BookingSnapshot } from '../domain/booking.ts';
import type { LogEvent, Milestone } from '../domain/ports/log-events.ts';
import type { ActionOutcome } from '../domain/ports/metrics.ts';
import { AppError } from '../errors.ts';

/** Makes no spans, at no cost worth a word, unless tracing was started. */
const tracer = trace.getTracer('holdfast');

/** What a log line may carry: codes, ids, amounts. Never names, addresses, telephones or tokens. */
type LogFields = Record<string, string | number | boolean | null | undefined>;

/**
 * Runs an action in a span of its own, logs that it was done, by whom and how it ended, and counts it; refusals included.
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
  const attributes = {
    'holdfast.actor': action.actor.type,
    ...(ctx.request.id !== null && { 'holdfast.request_id': ctx.request.id }),
  };
  return tracer.startActiveSpan(action.event, { attributes }, async (span) => {
    const finish = (outcome: ActionOutcome, fields: LogFields = {}) => {
      ctx.metrics.countAction(action.event, outcome);
      ctx.log.info({ ...line, ...action.fields, ...fields, outcome }, action.event);
      span.setAttribute('holdfast.outcome', outcome);
      if (outcome === 'internal_error') span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    };
    try {
      const result = await work();
      finish(outcomeOf(ctx), describe(result));
      return result;
    } catch (error) {
      finish(error instanceof AppError ? error.code : 'internal_error');
      throw error;
    }
  });
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
