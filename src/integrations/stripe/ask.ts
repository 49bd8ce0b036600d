import Stripe from 'stripe';
import type { GatewayAnswer } from '../../domain/ports/gateway.ts';

/** Client errors that say nothing about what was asked for. */
const NO_VERDICT: readonly number[] = [401, 403, 409, 429];

/** The options of one request; throws when there is no time for it. */
export type Within = (idempotencyKey?: string) => Stripe.RequestOptions;

/** Makes an answer of what the SDK returns or throws. Only a 4xx of Stripe's says for sure that nothing happened. */
export async function ask<T>(request: () => Promise<T>): Promise<GatewayAnswer<T>> {
  try {
    return { kind: 'DONE', value: await request() };
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeError)) return { kind: 'UNKNOWN', reason: String(error), isOver: false };
    const { statusCode, code, type } = error;
    // 401 and 403 are about our key, 409 is another request with this key, 429 says come again: none is about the money.
    const isRefusal =
      statusCode !== undefined && statusCode >= 400 && statusCode < 500 && !NO_VERDICT.includes(statusCode);
    if (isRefusal) return { kind: 'REFUSED', code: code ?? type };
    const reason = [type, statusCode, code].filter(Boolean).join(' ');
    return { kind: 'UNKNOWN', reason, isOver: statusCode === 500 || statusCode === 401 || statusCode === 403 };
  }
}

/** The SDK takes an error without Stripe's envelope for a success, so an answer without an id is none. */
export function assertId(answer: { id?: unknown }): void {
  if (typeof answer.id !== 'string') throw new TypeError('an answer without an id');
}

/** The same for a page of a list. */
export function assertPage(answer: { data?: unknown; has_more?: unknown }): void {
  if (!Array.isArray(answer.data) || typeof answer.has_more !== 'boolean')
    throw new TypeError('an answer without a list');
}

/** The id in a field that holds an id or the whole object. */
export function idOf(reference: unknown): string | null {
  if (typeof reference === 'string') return reference;
  if (typeof reference !== 'object' || reference === null) return null;
  const { id } = reference as { id?: unknown };
  return typeof id === 'string' ? id : null;
}

/** Stripe's seconds as everybody else has them. */
export function toIso(seconds: number): string {
  return new Date(seconds * 1_000).toISOString();
}
