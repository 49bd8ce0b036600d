import Stripe from 'stripe';

export interface StripeAccount {
  readonly secretKey: string;
  /** URL of a host other than Stripe's own: the sandbox. */
  readonly apiBase: string | undefined;
}

/** Limit for a single request. */
export const TIMEOUT_MS = 8_000;

/** Makes the client of Stripe's API. The retry schedule of the gateway operations decides about retries, not the SDK. */
export function connectStripe({ secretKey, apiBase }: StripeAccount, timeout = TIMEOUT_MS): Stripe {
  return new Stripe(secretKey, { ...hostOf(apiBase), timeout, maxNetworkRetries: 0, telemetry: false });
}

function hostOf(apiBase: string | undefined): Stripe.StripeConfig {
  if (apiBase === undefined) return {};
  const url = new URL(apiBase);
  const protocol = url.protocol === 'http:' ? 'http' : 'https';
  return { host: url.hostname, port: Number(url.port || (protocol === 'http' ? 80 : 443)), protocol };
}
