import { createHmac } from 'node:crypto';

/** The `Stripe-Signature` header that proves a payload comes from who knows the secret, at this moment. */
export function signPayload(payload: string, secret: string): string {
  // The receiver compares with its own clock, so this is the real time, not the sandbox's.
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = createHmac('sha256', secret).update(`${timestamp}.${payload}`, 'utf8').digest('hex');
  return `t=${timestamp},v1=${signature}`;
}
