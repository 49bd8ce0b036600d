import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDesk } from '../../support/hotel/desk.ts';
import type { Desk } from '../../support/hotel/desk.ts';
import { readOperations } from '../../support/http/api-document.ts';
import { stayBody } from '../../support/hotel/build.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { TestApp } from '../../support/server/app.ts';

let t: TestApp;
let desk: Desk;
beforeAll(async () => {
  t = await startTestApp();
  desk = await openDesk(t);
});
afterAll(() => t.close());

test('no operation behind a credential lets a cache keep its answer', async () => {
  const { code, guestToken } = await desk.book();
  const storable: string[] = [];
  for (const { name, method, path, isSecured } of await readOperations(t)) {
    if (!isSecured || path.endsWith('/stream')) continue;
    const token = path.includes('/guest/') || path.endsWith('/payment-session') ? guestToken : desk.token;
    const url = path
      .replace('{slug}', desk.hotel.slug)
      .replace('{code}', code)
      .replaceAll(/\{\w+\}/g, 'X');
    const { headers } = await t.call(method, url, { token, ...(method !== 'GET' && { body: {} }) });
    if (!String(headers['cache-control']).includes('no-store')) storable.push(name);
  }
  expect(storable).toEqual([]);
});

test('an answer with a token is stored nowhere, a public read is', async () => {
  const booked = await t.call('POST', `${desk.hotel.path}/bookings`, { body: stayBody() });
  expect(booked).toMatchObject({ status: 201, headers: { 'cache-control': 'no-store' } });
  expect((await t.call('GET', desk.hotel.path)).headers['cache-control']).toContain('public');
  expect((await t.call('GET', '/v1/nowhere')).headers['cache-control']).toBe('no-store');
});
