import { expect, it } from 'vitest';
import { findSession } from '../../../src/integrations/stripe/to-session.ts';
import { openSandbox, sessionParams } from '../../support/sandbox/stripe-sandbox.ts';
import type { TestSandbox } from '../../support/sandbox/stripe-sandbox.ts';

const madeSince = new Date(Date.now() - 60_000).toISOString();

/** Makes sessions of an account, the named one in the middle. */
async function makeSessions({ stripe }: TestSandbox, email: string | null): Promise<string> {
  const make = async (paymentId: string, address: string | null) => {
    const customer = address === null ? {} : { customer_email: address };
    const params = sessionParams({ metadata: { payment_id: paymentId }, ...customer });
    return (await stripe.checkout.sessions.create(params)).id;
  };
  for (let other = 0; other < 60; other += 1) await make(`other-${String(other)}`, 'somebody@example.com');
  const id = await make('payment-1', email);
  for (let other = 60; other < 120; other += 1) await make(`other-${String(other)}`, 'somebody@example.com');
  return id;
}

/** Finds the session, and counts the requests for lists. */
async function find(sandbox: TestSandbox, paymentId: string, email: string | null) {
  const paths: string[] = [];
  const note = ({ path }: { path: string }) => paths.push(path);
  sandbox.stripe.on('request', note);
  const session = await findSession(sandbox.stripe, () => ({}), { paymentId, email, madeSince });
  sandbox.stripe.off('request', note);
  return { id: session?.id, requests: paths.length };
}

it('a session is found by the e-mail address with one request, however many others there are', async () => {
  await using sandbox = await openSandbox();
  const id = await makeSessions(sandbox, 'aoife@example.com');
  expect(await find(sandbox, 'payment-1', 'aoife@example.com')).toEqual({ id, requests: 1 });
});

it('without the address, or with another, it is still found, in the list of all of them', async () => {
  await using sandbox = await openSandbox();
  const id = await makeSessions(sandbox, null);
  expect(await find(sandbox, 'payment-1', null)).toEqual({ id, requests: 1 });
  expect(await find(sandbox, 'payment-1', 'aoife@example.com')).toEqual({ id, requests: 2 });
});

it('a session that was never made is not found', async () => {
  await using sandbox = await openSandbox();
  await makeSessions(sandbox, 'aoife@example.com');
  expect(await find(sandbox, 'payment-2', 'aoife@example.com')).toMatchObject({ id: undefined });
});
