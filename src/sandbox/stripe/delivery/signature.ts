import { createHmac } from 'node:crypto';

/** Builds the `Stripe-Signature` header of a payload: timestamp and HMAC. */
export function signPayload(payload: string, secret: string): string {
  // Real time, not the sandbox's clock: the receiver compares the timestamp with a real clock.
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = createHmac('sha256', secret).update(`${timestamp}.${payload}`, 'utf8').digest('hex');
  return `t=${timestamp},v1=${signature}`;
}
