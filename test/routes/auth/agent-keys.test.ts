import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildApp } from '../../../src/app.ts';
import { openAgent, SPA } from '../../support/spa/agent.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { Method, TestApp } from '../../support/server/app.ts';
import { invalid, refusal } from '../../support/http/problems.ts';
import { dumpTables } from '../../support/database/tables.ts';

let t: TestApp;
let owner: string;
const path = `/v1/staff/properties/${SPA}/api-keys`;

beforeAll(async () => {
  t = await startTestApp();
  owner = await t.tokenFor(`owner@${SPA}.example`);
});
afterAll(() => t.close());

const call = (method: Method, sub = '', body?: object, headers: Record<string, string> = {}) =>
  t.call(method, `${path}${sub}`, { token: owner, headers, ...(body && { body }) });
const make = async (body: object = { name: 'Line one' }) => (await call('POST', '', body)).body;
const list = async () => (await call('GET')).body.items;
const use = (key: string, slug = SPA) => openAgent(t, slug, key).call('list_services');

test('a key is shown once, when it is made, and never again', async () => {
  const { status, body, headers } = await call('POST', '', { name: 'Line one' });
  expect(status).toBe(201);
  expect(body).toMatchObject({
    name: 'Line one',
    scopes: ['agent'],
    maxLiveHolds: 20,
    lastUsedAt: null,
    expiresAt: null,
    revokedAt: null,
    key: expect.stringMatching(/^hf_[\w-]{43}$/),
    lastFour: body.key.slice(-4),
  });
  expect(headers['cache-control']).toBe('no-store');
  const { key, ...shown } = body;
  expect((await list()).find(({ id }: { id: string }) => id === body.id)).toEqual(shown);
  expect(Object.values(await dumpTables(t.database)).join('\n')).not.toContain(key);
  expect(JSON.stringify(t.logged)).not.toContain(key);
});

test('a key opens the tools of its property, and it is known when it was used', async () => {
  const { key, id } = await make();
  expect((await use(key)).body.ok).toBe(true);
  const { lastUsedAt } = (await list()).find((item: { id: string }) => item.id === id);
  expect(Date.parse(lastUsedAt)).not.toBeNaN();
  await use(key);
  expect((await list()).find((item: { id: string }) => item.id === id).lastUsedAt).toBe(lastUsedAt);
});

test('a revoked key is refused from the next request on; revoking it twice changes nothing', async () => {
  const { key, id } = await make();
  const revoked = await call('DELETE', `/${id}`);
  expect(revoked).toMatchObject({ status: 200, body: { id, revokedAt: expect.any(String) } });
  expect(await use(key)).toMatchObject(refusal('unauthorized'));
  expect((await call('DELETE', `/${id}`)).body).toEqual(revoked.body);
});

test('a key ends when it was said to', async () => {
  const { key } = await make({ name: 'Short', expiresAt: new Date(Date.now() + 3_600_000).toISOString() });
  expect((await use(key)).status).toBe(200);
  await t.database.travel('61 minutes');
  expect(await use(key)).toMatchObject(refusal('unauthorized'));
  await t.database.travel('0 minutes');
  expect(await call('POST', '', { name: 'Late', expiresAt: '2020-01-01T00:00:00Z' })).toMatchObject(
    refusal('past_time'),
  );
});

test('at another property the key opens nothing, and is not seen', async () => {
  const { key, id } = await make();
  expect(await use(key, 'ember-hibachi')).toMatchObject(refusal('not_found'));
  expect(await use(key, 'no-such-place')).toMatchObject(refusal('not_found'));
  expect(await use(key, 'No Slug')).toMatchObject(refusal('not_found'));
  const token = await t.tokenFor('owner@ember-hibachi.example');
  const there = '/v1/staff/properties/ember-hibachi/api-keys';
  expect(await t.call('DELETE', `${there}/${id}`, { token })).toMatchObject(refusal('not_found'));
  expect(JSON.stringify((await t.call('GET', there, { token })).body)).not.toContain(id);
});

test('a key without the scope is 403', async () => {
  const { key, id } = await make();
  await t.database.sql('ALTER TABLE api_keys DROP CONSTRAINT api_keys_scopes_known');
  await t.database.sql(`UPDATE api_keys SET scopes = '{reports}' WHERE id = $1`, [id]);
  expect(await use(key)).toMatchObject(refusal('forbidden'));
});

test.each([
  ['no credential', undefined],
  ['nonsense', 'nonsense'],
  ['a key that is not', `hf_${'x'.repeat(43)}`],
])('%s is 401', async (_, token) => {
  const body = {};
  expect(
    await t.call('POST', `/v1/agent/properties/${SPA}/tools/list_services`, { body, ...(token && { token }) }),
  ).toMatchObject(refusal('unauthorized'));
  expect(await t.call('POST', '/mcp', { body, ...(token && { token }) })).toMatchObject(refusal('unauthorized'));
});

test('staff and guests are no agents, and an agent is neither', async () => {
  expect(await use(owner)).toMatchObject(refusal('unauthorized'));
  const { key } = await make();
  expect(await t.call('GET', path, { token: key })).toMatchObject(refusal('unauthorized'));
  expect(await t.call('GET', '/v1/guest/booking', { token: key })).toMatchObject(refusal('unauthorized'));
});

test('only the owner makes, sees and revokes keys', async () => {
  for (const who of ['manager', 'frontdesk', 'viewer', 'housekeeping']) {
    const token = await t.tokenFor(`${who}@${SPA}.example`);
    expect(await t.call('GET', path, { token })).toMatchObject(refusal('forbidden'));
    expect(await t.call('POST', path, { token, body: { name: 'Mine' } })).toMatchObject(refusal('forbidden'));
  }
});

test('a repeat of making a key with the same Idempotency-Key is the same key', async () => {
  const headers = { 'idempotency-key': 'one-key' };
  const first = await call('POST', '', { name: 'Once' }, headers);
  const second = await call('POST', '', { name: 'Once' }, headers);
  expect(second).toMatchObject({ status: 201, body: first.body, headers: { 'idempotent-replayed': 'true' } });
  expect((await list()).filter(({ name }: { name: string }) => name === 'Once')).toHaveLength(1);
});

test('a dry run makes no key', async () => {
  const { body } = await call('POST', '', { name: 'Dry' }, { prefer: 'dry-run' });
  expect(body).toMatchObject({ name: 'Dry', key: 'DRY-RUN' });
  expect((await list()).map(({ name }: { name: string }) => name)).not.toContain('Dry');
});

test.each([
  [{}, 'name'],
  [{ name: 'x', scopes: [] }, 'scopes'],
  [{ name: 'x', scopes: ['everything'] }, 'scopes.0'],
  [{ name: 'x', maxLiveHolds: -1 }, 'maxLiveHolds'],
  [{ name: 'x', expiresAt: 'soon' }, 'expiresAt'],
  [{ name: 'x', expiresAt: '9999-12-31T23:59:59-14:00' }, 'expiresAt'],
  [{ name: 'x', key: 'hf_mine' }, 'key'],
])('%j is refused at %s', async (body, place) => {
  expect(await call('POST', '', body)).toMatchObject(invalid(place));
});

test('each key has 120 calls a minute to itself, whatever they come in', async () => {
  const app = await buildApp({ ...t.ctx, config: { ...t.ctx.config, RATE_LIMIT_SCALE: 1 } });
  const [one, two] = [await make(), await make()];
  const send = async (key: string, url = `/api/v1/agent/properties/${SPA}/tools/list_services`, payload: object = {}) =>
    app.inject({ method: 'POST', url, payload, headers: { authorization: `Bearer ${key}` } });
  const toolCallList = Array.from({ length: 10 }, (_, id) => ({
    id: String(id),
    name: 'list_services',
    arguments: {},
  }));
  const envelope = { message: { type: 'tool-calls', toolCallList } };
  for (let sent = 0; sent < 119; sent += 10) await send(one.key, `/api/v1/agent/properties/${SPA}/tools`, envelope);
  const refused = await send(one.key);
  expect(refused.statusCode).toBe(429);
  expect(refused.json()).toMatchObject({ code: 'rate_limited' });
  expect((await send(one.key, '/mcp', { jsonrpc: '2.0', id: 1, method: 'ping' })).statusCode).toBe(429);
  expect((await send(two.key)).statusCode).toBe(200);
  await app.close();
});
