import { SignJWT } from 'jose';
import Stripe from 'stripe';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readOperations } from '../../support/http/api-document.ts';
import { makeKey } from '../../support/spa/agent.ts';
import { openDesk } from '../../support/hotel/desk.ts';
import type { Desk } from '../../support/hotel/desk.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { TestApp } from '../../support/server/app.ts';
import { WEBHOOK_SECRET } from '../../support/sandbox/sandbox.ts';

// Well-formed requests that exhaust a recursion or carry text that Postgres cannot store: refused, never a 500.

let t: TestApp;
let desk: Desk;
let agentKey: string;
beforeAll(async () => {
  t = await startTestApp({ STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET });
  desk = await openDesk(t, { rooms: 1 });
  agentKey = await makeKey(t, desk.hotel.propertyId);
});
afterAll(() => t.close());

const DEEP = 20_000;
const ODD_BODIES = {
  'arrays nested 20,000 deep': '['.repeat(DEEP) + ']'.repeat(DEEP),
  'objects nested 20,000 deep': '{"guest":'.repeat(DEEP) + '1' + '}'.repeat(DEEP),
  'depth inside a member': `{"guest":${'['.repeat(DEEP)}${']'.repeat(DEEP)}}`,
  'depth in the arguments of a tool': `{"name":"get_quote","call":{"call_id":"1"},"args":{"service":${'['.repeat(DEEP)}${']'.repeat(DEEP)}}}`,
  'depth in the arguments of a tool over MCP': `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_quote","arguments":{"service":${'['.repeat(DEEP)}${']'.repeat(DEEP)}}}}`,
  'U+0000 in a value': '{"specialRequests":"a\\u0000b"}',
  'U+0000 in a key': '{"a\\u0000b":1}',
  'half a character': '{"specialRequests":"a\\ud83d"}',
};

/** Sends a raw body with the credential that lets it reach the parser and the handler. */
async function post(method: string, url: string, body: string): Promise<number> {
  const isAgents = url.startsWith('/api/v1/agent') || url === '/mcp';
  const response = await t.app.inject({
    method: method as 'POST',
    url,
    headers: {
      'content-type': 'application/json',
      'idempotency-key': crypto.randomUUID(),
      accept: 'application/json, text/event-stream',
      authorization: `Bearer ${isAgents ? agentKey : desk.token}`,
      'stripe-signature': Stripe.webhooks.generateTestHeaderString({ payload: body, secret: WEBHOOK_SECRET }),
    },
    payload: body,
  });
  return response.statusCode;
}

test.each(Object.entries(ODD_BODIES))('%s: no operation answers 500', async (_what, body) => {
  const failed: string[] = [];
  for (const { name, method, path } of await readOperations(t)) {
    if (method === 'GET') continue;
    const url = path.replace('{slug}', desk.hotel.slug).replaceAll(/\{\w+\}/g, 'BK-2026-0001');
    const status = await post(method, url, body);
    if (status >= 500) failed.push(`${name}: ${String(status)}`);
  }
  expect(failed).toEqual([]);
});

test('a refused body is told why', async () => {
  const route = `/v1/public/properties/${desk.hotel.slug}/quotes`;
  const ask = async (payload: string) => {
    const headers = { 'content-type': 'application/json' };
    const response = await t.app.inject({ method: 'POST', url: `/api${route}`, headers, payload });
    return { status: response.statusCode, body: response.json<Record<string, unknown>>() };
  };
  expect(await ask(ODD_BODIES['arrays nested 20,000 deep'])).toMatchObject({
    status: 400,
    body: { code: 'validation_failed', detail: 'The body must be nested at most 64 deep.' },
  });
});

test.each(['%00', '%ED%A0%80', 'a%00b'])('%s in any parameter: no operation answers 500', async (odd) => {
  const failed: string[] = [];
  for (const { name, method, path, parameters } of await readOperations(t)) {
    const query = parameters
      .filter((parameter) => parameter.in === 'query')
      .map((parameter) => `${parameter.name}=${odd}`);
    const urls = [path.replaceAll(/\{\w+\}/g, odd), `${path.replace('{slug}', desk.hotel.slug)}?${query.join('&')}`];
    for (const url of urls) {
      const status = await post(method, url.replaceAll(/\{\w+\}/g, odd), '{}');
      if (status >= 500) failed.push(`${name} ${url}: ${String(status)}`);
    }
  }
  expect(failed).toEqual([]);
});

test.each([
  ['a name', 'admin'],
  ['text that Postgres cannot store', 'a\u0000b'],
  ['nothing', ''],
])('an access token whose subject is %s is 401', async (_what, subject) => {
  const token = await new SignJWT()
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer('holdfast')
    .setSubject(subject)
    .setIssuedAt()
    .setExpirationTime('1m')
    .sign(new TextEncoder().encode(t.ctx.config.JWT_SECRET));
  for (const path of ['/v1/auth/me', `/v1/staff/properties/${desk.hotel.slug}/bookings`, '/v1/ops/invariants']) {
    expect(await t.call('GET', path, { token }), path).toMatchObject({ status: 401, body: { code: 'unauthorized' } });
  }
});

test('a signed event with odd ids is stored without them, one that is no event is refused', async () => {
  const send = (event: object) => post('POST', '/api/v1/webhooks/stripe', JSON.stringify(event));
  const object = {
    object: 'charge',
    id: 'ch_\u0000',
    payment_intent: 'pi_\u0000',
    metadata: { payment_id: 'x\u0000' },
  };
  const event = { object: 'event', id: 'evt_odd', type: 'charge.refunded', created: 1_790_000_000, data: { object } };
  expect(await send(event)).toBe(200);
  expect(await t.ctx.db.webhookEvent.findUniqueOrThrow({ where: { eventId: 'evt_odd' } })).toMatchObject({
    chargeId: null,
    intentId: null,
    paymentId: null,
  });
  expect(await send({ ...event, id: 'evt_\u0000' })).toBe(400);
  expect(await send({ ...event, id: 'evt_late', created: 1e15 })).toBe(400);
  expect(await send({ object: 'event', id: 'evt_none', type: 'charge.refunded', created: 1_790_000_000 })).toBe(400);
});
