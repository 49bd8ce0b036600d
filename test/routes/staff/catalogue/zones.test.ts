import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp } from '../../../support/server/app.ts';
import type { TestApp } from '../../../support/server/app.ts';
import { openDesk } from '../../../support/hotel/desk.ts';
import type { Desk } from '../../../support/hotel/desk.ts';
import { invalid, refusal } from '../../../support/http/problems.ts';
import { DRY_RUN } from '../../../support/spa/spa.ts';
import { dumpTables } from '../../../support/database/tables.ts';

let t: TestApp;
let desk: Desk;
const bay = { code: 'BAY', name: 'The bay', postalCodes: ['94', 'D13 X2'], fee: 7_500 };

beforeAll(async () => {
  t = await startTestApp();
  desk = await openDesk(t);
});
afterAll(() => t.close());

const add = (body: object, here = desk, headers: Record<string, string> = {}) =>
  here.call('POST', '/zones', { body, headers });
const change = (body: object, code = 'BAY', here = desk) => here.call('PATCH', `/zones/${code}`, { body });

test('a new zone is travelled to, at a fee in the property’s currency', async () => {
  const expected = { ...bay, isActive: true, currency: 'EUR' };
  const answer = await add(bay);
  expect(answer).toMatchObject({ status: 201 });
  expect(answer.body).toEqual(expected);
  expect((await desk.call('GET', '/zones')).body.items).toEqual([expected]);
});

test('a zone may have no postal codes and no fee', async () => {
  expect(await add({ code: 'HERE', name: 'Here', fee: 0 })).toMatchObject({
    status: 201,
    body: { postalCodes: [], fee: 0 },
  });
});

test('zones are listed with those no longer travelled to, a page at a time', async () => {
  const here = await openDesk(t);
  for (const code of ['A', 'B']) await add({ ...bay, code }, here);
  await change({ isActive: false }, 'A', here);
  const first = await here.call('GET', '/zones?limit=1');
  expect(first.body.items).toMatchObject([{ code: 'A', isActive: false }]);
  const second = await here.call('GET', `/zones?limit=1&cursor=${first.body.nextCursor}`);
  expect(second.body).toMatchObject({ items: [{ code: 'B' }], nextCursor: null });
});

test('everybody is told where is travelled to, and what it costs', async () => {
  const here = await openDesk(t);
  for (const code of ['A', 'B']) await add({ ...bay, code }, here);
  await change({ isActive: false }, 'A', here);
  expect((await t.call('GET', here.hotel.path)).body.zones).toEqual([{ code: 'B', name: 'The bay', fee: 7_500 }]);
});

test('what is changed is changed, and the rest stays', async () => {
  const here = await openDesk(t);
  await add(bay, here);
  const changed = await change({ fee: 8_000, postalCodes: ['95'] }, 'BAY', here);
  expect(changed).toMatchObject({ status: 200 });
  expect(changed.body).toEqual({ ...bay, fee: 8_000, postalCodes: ['95'], isActive: true, currency: 'EUR' });
});

test('a code that is taken is 409 already_exists', async () => {
  await add({ ...bay, code: 'TWICE' });
  expect(await add({ ...bay, code: 'TWICE' })).toMatchObject(refusal('already_exists'));
});

test('a repeat of adding a zone with the same key gets the first answer again', async () => {
  const key = { 'idempotency-key': 'one-zone' };
  const first = await add({ ...bay, code: 'ONCE' }, desk, key);
  const second = await add({ ...bay, code: 'ONCE' }, desk, key);
  expect(second).toMatchObject({ status: 201, body: first.body, headers: { 'idempotent-replayed': 'true' } });
});

test.each([
  [{ ...bay, code: 'bäy' }, 'code'],
  [{ ...bay, code: 'X', name: ' ' }, 'name'],
  [{ ...bay, code: 'X', fee: -1 }, 'fee'],
  [{ ...bay, code: 'X', fee: 0.5 }, 'fee'],
  [{ ...bay, code: 'X', fee: undefined }, 'fee'],
  [{ ...bay, code: 'X', postalCodes: ['94', 'd13'] }, 'postalCodes.1'],
  [{ ...bay, code: 'X', postalCodes: [''] }, 'postalCodes.0'],
  [{ ...bay, code: 'X', postalCodes: ['94', '95', '94'] }, 'postalCodes.2'],
  [{ ...bay, code: 'X', currency: 'USD' }, 'currency'],
])('a new zone of %j is 400 at %s', async (body, path) => {
  expect(await add(body)).toMatchObject(invalid(path));
});

test('nobody lists more than a thousand postal codes', async () => {
  const postalCodes = Array.from({ length: 1_001 }, (_, index) => String(index));
  expect(await change({ postalCodes })).toMatchObject(invalid('postalCodes'));
});

test('a change is held to the same rules as the whole', async () => {
  expect(await change({ fee: -1 })).toMatchObject(invalid('fee'));
  expect(await change({ postalCodes: ['94', '94'] })).toMatchObject(invalid('postalCodes.1'));
  expect(await change({ code: 'OTHER' })).toMatchObject(invalid('code'));
});

test('a zone that does not exist, or is another property’s, is 404', async () => {
  const elsewhere = await openDesk(t);
  await add({ ...bay, code: 'ELSEWHERE' }, elsewhere);
  expect(await change({ fee: 1 }, 'NOSUCH')).toMatchObject(refusal('not_found'));
  expect(await change({ fee: 1 }, 'ELSEWHERE')).toMatchObject(refusal('not_found'));
});

test('a dry run answers what would be, and writes nothing', async () => {
  const before = await dumpTables(t.database);
  expect(await add({ ...bay, code: 'DRY' }, desk, DRY_RUN)).toMatchObject({
    status: 201,
    headers: { 'preference-applied': 'dry-run' },
    body: { code: 'DRY' },
  });
  const changed = await desk.call('PATCH', '/zones/BAY', { body: { fee: 1 }, headers: DRY_RUN });
  expect(changed).toMatchObject({ status: 200, body: { fee: 1 } });
  expect(await dumpTables(t.database)).toEqual(before);
});

test.each([
  ['POST', '/zones'],
  ['PATCH', '/zones/BAY'],
] as const)('%s %s takes JSON, and not too much of it', async (method, path) => {
  const send = (type: string, body: string) => desk.call(method, path, { headers: { 'content-type': type }, body });
  expect(await send('text/plain', 'x')).toMatchObject(refusal('unsupported_media_type'));
  expect(await send('application/json', `"${'x'.repeat(300_000)}"`)).toMatchObject(refusal('payload_too_large'));
});
