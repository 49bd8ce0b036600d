import type { Gateway, GatewayResult } from '../../../src/domain/ports/gateway.ts';
import { makeStripeGateway } from '../../../src/integrations/stripe.ts';
import { openSandbox, sessionParams } from './stripe-sandbox.ts';
import type { TestSandbox } from './stripe-sandbox.ts';

export const GATEWAY_SECRET = 'whsec_gateway';

/** Our gateway, talking to a sandbox of its own. */
export async function openGateway(): Promise<{ sandbox: TestSandbox; gateway: Gateway } & AsyncDisposable> {
  const sandbox = await openSandbox();
  return { sandbox, gateway: gatewayAt(sandbox.url), [Symbol.asyncDispose]: () => sandbox[Symbol.asyncDispose]() };
}

export function gatewayAt(apiBase: string): Gateway {
  return makeStripeGateway({ secretKey: 'sk_test_sandbox', webhookSecret: GATEWAY_SECRET, apiBase });
}

/** What the gateway answered; throws when it did not. */
export async function done<T>(asked: Promise<GatewayResult<T>>): Promise<T> {
  const answer = await asked;
  if (answer.kind !== 'DONE') throw new Error(`It was not done: ${JSON.stringify(answer)}`);
  return answer.value;
}

/** 100.00 that are held for this payment of ours: its intent and charge. */
export async function holdFor(
  { stripe, control }: TestSandbox,
  paymentId: string,
): Promise<{ intentId: string; chargeId: string }> {
  const metadata = { payment_id: paymentId, booking_code: 'HF-1' };
  const session = await stripe.checkout.sessions.create(
    sessionParams({ payment_intent_data: { capture_method: 'manual', metadata }, metadata }),
  );
  const paid = await control(`POST checkout/${session.id}/pay`);
  return { intentId: paid.payment_intent.id, chargeId: paid.charge.id };
}
