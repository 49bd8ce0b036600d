import type { Context } from '../../context.ts';
import { findKeptAnswer } from '../idempotency/answer-once.ts';

/**
 * What the first sending of this call was answered; null when this is the first.
 *
 * Looked up before a call is understood: "today at three" may have been said in time and come again too late.
 * Throws: idempotency_in_progress, idempotency_key_reused.
 */
export async function findFirstAnswer(ctx: Context): Promise<unknown> {
  const request = ctx.request.idempotency;
  if (request === null || ctx.request.isDryRun) return null;
  return (await findKeptAnswer(ctx, ctx.db, request))?.answer ?? null;
}
