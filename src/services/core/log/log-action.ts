import { SpanStatusCode, trace } from '@opentelemetry/api';
import type { RequestContext } from '../../../context.ts';
import type { BookingSnapshot } from '../../../domain/booking/booking.ts';
import type { LogEvent, Milestone } from '../../../domain/ports/log-events.ts';
import type { ActionOutcome } from '../../../domain/ports/metrics.ts';
import { AppError } from '../../../errors.ts';

/** A no-op tracer unless tracing was started. */
const tracer = trace.getTracer('holdfast');

/** Fields of a log line: codes, ids, amounts. Never names, addresses, telephone numbers or tokens. */
type LogFields = Record<string, string | number | boolean | null | undefined>;

/**
 * Runs an action in a span, and logs and counts its outcome, refusals included.
 *
 * `describe` adds fields of the result, such as the code of a new booking.
 * Throws: the errors of `work`.
 */
export async function logAction<T>(
  ctx: RequestContext,
  action: { readonly event: LogEvent; readonly fields?: LogFields },
  work: () => Promise<T>,
  describe: (result: T) => LogFields = () => ({}),
): Promise<T> {
  const { actor, requestId } = ctx.author;
  const line = { event: action.event, actor: actor.type, actorId: actor.id, requestId };
  const attributes = { 'holdfast.actor': actor.type, ...(requestId !== null && { 'holdfast.request_id': requestId }) };
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

/** Logs a milestone of a booking; nothing for a dry run or a replay, which change nothing. */
export function logMilestone(
  ctx: RequestContext,
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

function outcomeOf(ctx: RequestContext): 'ok' | 'dry_run' | 'replayed' {
  if (ctx.request.isDryRun) return 'dry_run';
  return ctx.request.idempotency?.wasReplayed === true ? 'replayed' : 'ok';
}
