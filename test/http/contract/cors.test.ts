import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp } from '../../support/server/app.ts';
import type { TestApp } from '../../support/server/app.ts';

let t: TestApp;
const OURS = 'https://desk.example';
const THEIRS = 'https://elsewhere.example';

beforeAll(async () => {
  t = await startTestApp({ CORS_ORIGINS: `${OURS}, https://book.example` });
});
afterAll(() => t.close());

const preflight = (origin: string, method: string) =>
  t.app.inject({
    method: 'OPTIONS',
    url: '/api/v1/staff/properties/harbour-hotel/rooms/101',
    headers: {
      origin,
      'access-control-request-method': method,
      'access-control-request-headers': 'authorization,content-type,idempotency-key,if-match,prefer',
    },
  });

test('a website on the list may read answers, and the headers it needs', async () => {
  const { headers } = await t.call('GET', '/v1/public/properties/harbour-hotel', { headers: { origin: OURS } });
  expect(headers['access-control-allow-origin']).toBe(OURS);
  for (const name of ['ETag', 'Idempotent-Replayed', 'Retry-After', 'X-Request-Id']) {
    expect(headers['access-control-expose-headers']).toContain(name);
  }
});

test('a website that is not on the list may read nothing', async () => {
  const { headers } = await t.call('GET', '/v1/public/properties/harbour-hotel', { headers: { origin: THEIRS } });
  expect(headers).not.toHaveProperty('access-control-allow-origin');
  expect((await preflight(THEIRS, 'PATCH')).headers).not.toHaveProperty('access-control-allow-origin');
});

test.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])('a website on the list may call with %s', async (method) => {
  const { statusCode, headers } = await preflight(OURS, method);
  expect(statusCode).toBe(204);
  expect(headers['access-control-allow-origin']).toBe(OURS);
  expect(headers['access-control-allow-methods']).toContain(method);
  for (const name of ['authorization', 'content-type', 'idempotency-key', 'if-match', 'prefer']) {
    expect(String(headers['access-control-allow-headers']).toLowerCase()).toContain(name);
  }
});

test('a refusal can be read by a website on the list too', async () => {
  const { status, headers } = await t.call('GET', '/v1/auth/me', { headers: { origin: OURS } });
  expect(status).toBe(401);
  expect(headers['access-control-allow-origin']).toBe(OURS);
});

test('answers tell browsers not to guess at types and not to frame', async () => {
  const { headers } = await t.call('GET', '/v1/public/properties/harbour-hotel');
  expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-frame-options': expect.any(String) });
  expect(headers).not.toHaveProperty('x-powered-by');
});
