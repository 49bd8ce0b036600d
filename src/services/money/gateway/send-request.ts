import type { Context } from '../../../context.ts';
import type { Prisma } from '../../../db/client.ts';
import { readClock } from '../../../db/connection/clock.ts';
import { isOpen } from '../../../db/predicates.ts';
import { EXPIRES_TOO_SOON, RENEWED_SESSION_MINUTES } from '../../../domain/ports/gateway.ts';
import type { GatewayResult, NewSession } from '../../../domain/ports/gateway.ts';
import type { GatewayTruth } from './truth/apply-gateway-truth.ts';

/** A gateway operation with its payment and its refund. */
export type Operation = Prisma.GatewayOperationGetPayload<{ include: { payment: true; refund: true } }>;

/**
 * Sends an operation's request: phase two. A session whose deadline is too near by the gateway's clock is requested anew, with margin.
 *
 * The refused request made no session, nor did an earlier attempt: under this key it would have been answered with it, and
 * under another key the look-up before would have found it.
 */
export async function sendRequest(ctx: Context, operation: Operation): Promise<GatewayResult<GatewayTruth>> {
  const answer = await sendOnce(ctx, operation);
  if (operation.kind !== 'CREATE_SESSION' || answer.kind !== 'REFUSED' || answer.code !== EXPIRES_TOO_SOON)
    return answer;
  const now = await readClock(ctx.db);
  const expiresAt = new Date(now.getTime() + RENEWED_SESSION_MINUTES * 60_000).toISOString();
  // New parameters need a new key.
  const renewed = await ctx.db.$queryRaw<{ key_number: number }[]>`
    UPDATE gateway_operations o
    SET params = o.params || jsonb_build_object('expiresAt', ${expiresAt}::text), key_number = o.key_number + 1
    WHERE o.id = ${operation.id}::uuid AND ${isOpen('o')} AND o.key_number = ${operation.keyNumber}::int
    RETURNING o.key_number`;
  const keyNumber = renewed[0]?.key_number;
  // Another process has renewed or closed the operation.
  if (keyNumber === undefined) return { kind: 'UNKNOWN', reason: EXPIRES_TOO_SOON, isFinal: false };
  const params = { ...(operation.params as Record<string, Prisma.JsonValue>), expiresAt };
  return sendOnce(ctx, { ...operation, params, keyNumber });
}

/** Sends the request under the operation's own idempotency key. */
async function sendOnce(ctx: Context, operation: Operation): Promise<GatewayResult<GatewayTruth>> {
  const { gateway } = ctx;
  const { id, kind, params, payment, keyNumber } = operation;
  const key = keyNumber === 1 ? id : `${id}:${String(keyNumber)}`;
  const { sessionId, intentId, currency } = payment;
  if (kind === 'CREATE_SESSION') return fromSession(await gateway.createSession(params as unknown as NewSession, key));
  if (kind === 'EXPIRE_SESSION') {
    return sessionId === null ? nothingToDo() : fromSession(await gateway.expireSession(sessionId, key));
  }
  if (intentId === null) return nothingToDo();
  if (kind === 'VOID') return fromIntent(await gateway.void(intentId, key));
  if (kind === 'CAPTURE') {
    return fromIntent(await gateway.capture({ intentId, amount: amountOf(operation), currency }, key));
  }
  const { refund } = operation;
  // The refund was made in the gateway's dashboard already.
  if (refund === null || refund.state === 'DONE' || refund.state === 'CANCELLED') return nothingToDo();
  const request = { intentId, amount: Number(refund.amount), currency, refundId: refund.id };
  return fromIntent(await gateway.refund(request, key));
}

function amountOf({ params, payment }: Operation): number {
  return (params as { amount?: number }).amount ?? Number(payment.amount);
}

function nothingToDo(): GatewayResult<GatewayTruth> {
  return { kind: 'REFUSED', code: 'nothing_to_do' };
}

function fromSession(answer: GatewayResult<GatewayTruth['session'] & object>): GatewayResult<GatewayTruth> {
  return answer.kind === 'DONE' ? { kind: 'DONE', value: { session: answer.value, intent: null } } : answer;
}

function fromIntent(answer: GatewayResult<GatewayTruth['intent'] & object>): GatewayResult<GatewayTruth> {
  return answer.kind === 'DONE' ? { kind: 'DONE', value: { session: null, intent: answer.value } } : answer;
}
