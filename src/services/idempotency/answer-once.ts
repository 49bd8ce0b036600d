import type { Context } from '../../context.ts';
import type { Tx } from '../../db/client.ts';
import { transaction } from '../../db/transaction.ts';
import type { IdempotentRequest } from '../../domain/ports/request-scope.ts';
import { AppError } from '../../errors.ts';
import { seal, unseal } from '../secrets/sealing.ts';

/**
 * Runs `work` in a transaction and keeps its answer with it; a repeat of the request gets that answer again.
 *
 * Answer and effect commit together. A refusal rolls back and frees the key. The answer must be plain JSON; it is kept
 * encrypted, because it may hold a token or personal data. Without an Idempotency-Key this is `transaction`.
 * Locks: the key, without waiting, so a repeat never occupies a connection.
 * Throws: idempotency_in_progress, idempotency_key_reused.
 */
export async function answerOnce<T>(ctx: Context, work: (tx: Tx) => Promise<T>): Promise<T> {
  return transaction(ctx, async (tx) => {
    const earlier = await takeKey(ctx, tx);
    if (earlier !== null) return earlier.answer as T;
    const answer = await work(tx);
    await keepAnswer(ctx, tx, answer);
    return answer;
  });
}

/**
 * Makes the request's key this transaction's, for what decides only later whether it answers at once.
 *
 * Answers what was kept for it. Comes before every other lock. Throws: idempotency_in_progress, idempotency_key_reused.
 */
export async function takeKey(ctx: Context, tx: Tx): Promise<{ answer: unknown } | null> {
  const request = ctx.request.idempotency;
  if (request === null || ctx.request.isDryRun) return null;
  if (!(await tryLockKey(tx, request))) throw keyBusy();
  return findKeptAnswer(ctx, tx, request);
}

/** Keeps the answer with its effect. Expects the key taken. */
export async function keepAnswer(ctx: Context, tx: Tx, answer: unknown): Promise<void> {
  const request = ctx.request.idempotency;
  if (request === null || ctx.request.isDryRun) return;
  const { scope, key, requestHash } = request;
  await tx.idempotencyKey.create({ data: { scope, key, requestHash, answerSealed: sealAnswer(ctx, answer) } });
}

/** The answer kept for this request, if it has been answered. Marks the request as replayed. */
export async function findKeptAnswer(
  ctx: Context,
  db: Pick<Tx, 'idempotencyKey'>,
  request: IdempotentRequest,
): Promise<{ answer: unknown } | null> {
  const { scope, key } = request;
  const kept = await db.idempotencyKey.findUnique({ where: { scope_key: { scope, key } } });
  if (kept === null) return null;
  const { requestHash, answerSealed } = kept;
  // Its answer still waits for the gateway.
  if (answerSealed === null) throw keyBusy();
  return { answer: openKeptAnswer(ctx, request, { requestHash, answerSealed }) };
}

/** Reads a kept answer. Throws: idempotency_key_reused when it answered another request. */
export function openKeptAnswer(
  ctx: Context,
  request: IdempotentRequest,
  kept: { requestHash: string; answerSealed: string },
): unknown {
  if (kept.requestHash !== request.requestHash) throw new AppError('idempotency_key_reused');
  request.wasReplayed = true;
  return JSON.parse(unseal(ctx.config.ENCRYPTION_KEY, kept.answerSealed));
}

/** The form in which an answer is kept. Not deflated: that costs a booking more time than its shorter row saves. */
export function sealAnswer(ctx: Context, answer: unknown): string {
  return seal(ctx.config.ENCRYPTION_KEY, JSON.stringify(answer));
}

export function keyBusy(): AppError {
  return new AppError('idempotency_in_progress', { retryAfterSeconds: 1 });
}

/** The same lock as in the booking statement. */
export async function tryLockKey(tx: Tx, { scope, key }: IdempotentRequest): Promise<boolean> {
  const rows = await tx.$queryRaw<{ is_mine: boolean }[]>`
    SELECT pg_try_advisory_xact_lock(hashtextextended(${scope}::text || ' ' || ${key}::text, 0)) AS is_mine`;
  return rows[0]?.is_mine === true;
}
