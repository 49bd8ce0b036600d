import Stripe from 'stripe';
import { EXPIRES_TOO_SOON } from '../../domain/ports/gateway.ts';
import type { GatewayResult } from '../../domain/ports/gateway.ts';

/** Client errors that are no verdict on the operation. */
const NO_VERDICT: readonly number[] = [401, 403, 409, 429];

/** Makes the options of a request. Throws: Error when the deadline has passed. */
export type MakeOptions = (idempotencyKey?: string) => Stripe.RequestOptions;

/** Calls Stripe and classifies the result. Only a 4xx response proves that Stripe changed nothing. */
export async function callStripe<T>(request: () => Promise<T>): Promise<GatewayResult<T>> {
  try {
    return { kind: 'DONE', value: await request() };
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeError))
      return { kind: 'UNKNOWN', reason: String(error), isFinal: false };
    const { statusCode, code, type } = error;
    // 401 and 403 concern our API key, 409 a concurrent request with the same key, 429 the rate limit: no verdict.
    const isRefusal =
      statusCode !== undefined && statusCode >= 400 && statusCode < 500 && !NO_VERDICT.includes(statusCode);
    if (isRefusal) return { kind: 'REFUSED', code: error.param === 'expires_at' ? EXPIRES_TOO_SOON : (code ?? type) };
    const reason = [type, statusCode, code].filter(Boolean).join(' ');
    return { kind: 'UNKNOWN', reason, isFinal: isFinalFailure(error) };
  }
}

/** Tells whether the request has ended, so that its key would replay the failure: a stored 5xx says so by a header. */
function isFinalFailure({ statusCode, headers }: Stripe.errors.StripeError): boolean {
  if (statusCode === 500 || statusCode === 401 || statusCode === 403) return true;
  return statusCode !== undefined && statusCode > 500 && headers?.['idempotent-replayed'] === 'true';
}

/** Checks that a response has an id: the SDK returns an error without Stripe's envelope as a success. */
export function assertId(response: { id?: unknown }): void {
  if (typeof response.id !== 'string') throw new TypeError('response without an id');
}

/** Checks that a response is a page of a list, like `assertId`. */
export function assertPage(response: { data?: unknown; has_more?: unknown }): void {
  if (!Array.isArray(response.data) || typeof response.has_more !== 'boolean')
    throw new TypeError('response without a list');
}

/** Reads the id of a reference, which is an id or an expanded object. */
export function idOf(reference: unknown): string | null {
  if (typeof reference === 'string') return reference;
  if (typeof reference !== 'object' || reference === null) return null;
  const { id } = reference as { id?: unknown };
  return typeof id === 'string' ? id : null;
}

/** Converts Stripe's Unix seconds to ISO 8601. */
export function toIso(seconds: number): string {
  return new Date(seconds * 1_000).toISOString();
}
