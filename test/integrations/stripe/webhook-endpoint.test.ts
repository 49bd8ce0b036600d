import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { findEndpointProblem, WEBHOOK_EVENTS } from '../../../src/integrations/stripe/webhook/webhook-endpoint.ts';
import { openSandbox } from '../../support/sandbox/stripe-sandbox.ts';

const SERVER = 'https://book.example';
const url = `${SERVER}/api/v1/webhooks/stripe`;
const [first, ...others] = WEBHOOK_EVENTS;

/** Asks an account with these endpoints. */
async function check(endpoints: readonly object[]): Promise<string | null> {
  const list = { object: 'list', data: endpoints, has_more: false, url: '/v1/webhook_endpoints' };
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(list));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const apiBase = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    return await findEndpointProblem({ secretKey: 'sk_test_1', apiBase }, SERVER);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const enabled = { url, status: 'enabled', enabled_events: WEBHOOK_EVENTS };

it.each([
  ['one that subscribes to everything needed', [enabled]],
  ['one that subscribes to more', [{ ...enabled, enabled_events: [...WEBHOOK_EVENTS, 'payout.paid'] }]],
  ['one that subscribes to all there is', [{ ...enabled, enabled_events: ['*'] }]],
  ['two that share the events', [others, [first]].map((events) => ({ ...enabled, enabled_events: events }))],
  ['the path of HotelMate', [{ ...enabled, url: `${SERVER}/api/public/hotel/room-bookings/stripe-webhook/` }]],
  ['others beside it', [{ ...enabled, url: 'https://shop.example/hook' }, enabled]],
])('an account with %s is well', async (_, endpoints) => {
  expect(await check(endpoints)).toBeNull();
});

it.each([
  ['no endpoint', [], `Stripe has no webhook endpoint for ${url}`],
  ['an endpoint of another server', [{ ...enabled, url: 'https://old.example/api/v1/webhooks/stripe' }], /no webhook/],
  ['a disabled endpoint', [{ ...enabled, status: 'disabled' }], `the webhook endpoint for ${url} is disabled`],
  [
    'an endpoint that misses an event',
    [{ ...enabled, enabled_events: others }],
    `the webhook endpoint does not subscribe to ${first}`,
  ],
])('an account with %s is not', async (_, endpoints, problem) => {
  expect(await check(endpoints)).toEqual(typeof problem === 'string' ? problem : expect.stringMatching(problem));
});

it('the sandbox has one endpoint, for everything', async () => {
  await using sandbox = await openSandbox();
  const account = { secretKey: 'sk_test_1', apiBase: sandbox.url };
  expect(await findEndpointProblem(account, SERVER)).toMatch(/no webhook endpoint/);
  await sandbox.control('POST webhook', { url });
  expect(await findEndpointProblem(account, SERVER)).toBeNull();
});
