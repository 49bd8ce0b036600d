import type { Context } from '../../../context.ts';
import type { Payment } from '../../../db/client.ts';
import { KEY_LIFETIME_MS } from '../../../domain/ports/gateway.ts';
import type { GatewayResult, NewSession } from '../../../domain/ports/gateway.ts';
import type { Operation } from './send-request.ts';
import type { GatewayTruth } from './truth/apply-gateway-truth.ts';

/**
 * Tells whether a repeat under the operation's key finds the session of an attempt whose answer was lost.
 *
 * The gateway repeats the first answer for the first key, so no session has to be searched for. A later key has another
 * answer, and an old key none.
 */
export function isSafeToRepeat(operation: Operation, now: Date): boolean {
  const { kind, state, payment, keyNumber, createdAt } = operation;
  const isYoung = now.getTime() - createdAt.getTime() <= KEY_LIFETIME_MS;
  return state === 'UNKNOWN' && kind === 'CREATE_SESSION' && payment.sessionId === null && keyNumber === 1 && isYoung;
}

/** Looks up the session or payment of an operation at the gateway. */
export async function lookUpOperation(
  ctx: Context,
  { kind, payment, params, createdAt }: Operation,
): Promise<GatewayResult<GatewayTruth>> {
  if (kind !== 'CREATE_SESSION' || payment.sessionId !== null) return lookUpPayment(ctx, payment);
  const { email } = params as unknown as NewSession;
  const found = await ctx.gateway.findSession({ paymentId: payment.id, email, madeSince: createdAt.toISOString() });
  return found.kind === 'DONE' ? { kind: 'DONE', value: { session: found.value, intent: null } } : found;
}

/** Checks if the gateway shows the operation's effect. */
export function isDone({ kind, refund }: Operation, { session, intent }: GatewayTruth): boolean {
  switch (kind) {
    case 'CREATE_SESSION':
      return session !== null;
    case 'EXPIRE_SESSION':
      return session?.status === 'expired';
    case 'CAPTURE':
      return intent?.status === 'succeeded';
    case 'VOID':
      return intent?.status === 'canceled';
    case 'REFUND':
      // A refund that the bank returned later counts too: its repetition is a refund of its own.
      return refund?.state === 'DONE' || intent?.refunds.some(({ refundId }) => refundId === refund?.id) === true;
  }
}

/** Looks up a payment's session and intent at the gateway. */
export async function lookUpPayment(
  ctx: Pick<Context, 'gateway'>,
  payment: Pick<Payment, 'sessionId' | 'intentId'>,
): Promise<GatewayResult<GatewayTruth>> {
  const session = payment.sessionId === null ? null : await ctx.gateway.getSession(payment.sessionId);
  if (session !== null && session.kind !== 'DONE') return session;
  const intentId = payment.intentId ?? session?.value.intentId ?? null;
  if (intentId === null) return { kind: 'DONE', value: { session: session?.value ?? null, intent: null } };
  const intent = await ctx.gateway.getIntent(intentId);
  return intent.kind === 'DONE'
    ? { kind: 'DONE', value: { session: session?.value ?? null, intent: intent.value } }
    : intent;
}
