import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildApp } from '../../../src/app.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { TestApp } from '../../support/server/app.ts';
import { openDesk } from '../../support/hotel/desk.ts';
import { refusal } from '../../support/http/problems.ts';

let t: TestApp;
let admin: string;

beforeAll(async () => {
  t = await startTestApp();
  admin = await t.tokenFor('admin@holdfast.example');
});
afterAll(() => t.close());

const invariants = (token?: string) => t.call('GET', '/v1/ops/invariants', { ...(token && { token }) });

test('a process that lives and is ready says so', async () => {
  expect(await t.call('GET', '/healthz')).toMatchObject({ status: 200, body: { status: 'ok' } });
  expect(await t.call('GET', '/readyz')).toMatchObject({ status: 200, body: { status: 'ok' } });
});

test('a process that is starting or stopping is alive but not ready', async () => {
  const app = await buildApp({ ...t.ctx, isReady: () => false });
  const [alive, ready] = [await app.inject('/healthz'), await app.inject('/readyz')];
  await app.close();
  expect(alive.statusCode).toBe(200);
  expect(ready).toMatchObject({ statusCode: 503, headers: { 'retry-after': '1' } });
  expect(ready.json()).toMatchObject({ code: 'overloaded' });
});

test('an administrator sees that nothing is broken', async () => {
  const desk = await openDesk(t);
  await desk.book();
  const answer = await invariants(admin);
  expect(answer).toMatchObject({ status: 200, body: { total: 0 } });
  for (const { name, count, offenders } of answer.body.invariants) {
    expect({ name, count, offenders }).toEqual({ name: expect.stringMatching(/^[a-z_]+$/), count: 0, offenders: [] });
  }
});

test('an administrator sees what is broken, and where', async () => {
  const desk = await openDesk(t);
  const { code } = await desk.book();
  await t.database.sql('DELETE FROM party_members WHERE booking_id = (SELECT id FROM bookings WHERE code = $1)', [
    code,
  ]);
  const { body } = await invariants(admin);
  expect(body.total).toBe(1);
  const broken = body.invariants.filter(({ count }: { count: number }) => count > 0);
  expect(broken).toEqual([{ name: 'bookings_without_primary_guest', count: 1, offenders: [code] }]);
});

test('an administrator hears what could not be looked at in time, and never that it is whole', async () => {
  const slow = new pg.Client(t.database.url);
  await slow.connect();
  await slow.query('BEGIN; LOCK TABLE disputes');
  const { status, body } = await invariants(admin);
  await slow.end();
  expect({ status, total: body.total }).toEqual({ status: 200, total: null });
  expect(body.unfinished).toContain('open_disputes_against_ledger');
  const finished = body.invariants.map(({ name }: { name: string }) => name);
  expect(finished).toContain('oversold_nights');
  expect(finished).not.toContain('open_disputes_against_ledger');
});

test('what is broken is for administrators only', async () => {
  expect(await invariants()).toMatchObject(refusal('unauthorized'));
  expect(await invariants(await t.tokenFor('owner@harbour-hotel.example'))).toMatchObject(refusal('forbidden'));
});

test('the API document and a page to read it are there for anybody', async () => {
  expect(await t.call('GET', '/openapi.json')).toMatchObject({ status: 200, body: { openapi: '3.1.0' } });
  const page = await t.call('GET', '/docs/');
  expect(page.status).toBe(200);
  expect(page.body).toContain('/openapi.json');
  // The page is on the origin of the guests' links: it runs its own scripts only.
  const policy = String(page.headers['content-security-policy']);
  expect(policy).toContain("default-src 'none'");
  expect(/script-src [^;]*/.exec(policy)?.[0]).toMatch(/^script-src 'self' 'sha256-[\w+/=]+'$/);
  expect(await t.call('GET', '/docs/js/scalar.js')).toMatchObject({ status: 200 });
});

test('the API document is spelled once, with a tag by which callers know it again', async () => {
  const { headers, rawPayload } = await t.app.inject('/openapi.json');
  const etag = String(headers.etag);
  expect(headers).toMatchObject({
    etag: expect.stringMatching(/^"[\w-]{27}"$/),
    'content-length': `${rawPayload.length}`,
  });
  const again = await t.app.inject('/openapi.json');
  expect(again.rawPayload.equals(rawPayload)).toBe(true);
  const known = await t.app.inject({ url: '/openapi.json', headers: { 'if-none-match': etag } });
  expect(known).toMatchObject({ statusCode: 304, body: '', headers: { etag } });
});
