import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp } from '../../../support/server/app.ts';
import type { TestApp } from '../../../support/server/app.ts';
import { openDesk } from '../../../support/hotel/desk.ts';
import { invalid, refusal } from '../../../support/http/problems.ts';
import { DRY_RUN, openSpa, strandedCodes } from '../../../support/spa/spa.ts';
import type { Spa } from '../../../support/spa/spa.ts';
import { dumpTables } from '../../../support/database/tables.ts';

let t: TestApp;
let spa: Spa;
const cleo = { code: 'CLEO', name: 'Cleo' };

beforeAll(async () => {
  t = await startTestApp();
  spa = await openSpa(t);
});
afterAll(() => t.close());

const add = (body: object, headers: Record<string, string> = {}) => spa.call('POST', '/providers', { body, headers });
const change = (body: object, code = 'ANNA') => spa.call('PATCH', `/providers/${code}`, { body });

test('a new provider does what is said, in the order services are shown, and has no hours yet', async () => {
  const answer = await add({ ...cleo, services: ['PEEL', 'FACIAL'] });
  expect(answer).toMatchObject({ status: 201, body: { ...cleo, isActive: true, services: ['FACIAL', 'PEEL'] } });
  expect((await spa.call('GET', '/providers/CLEO/hours')).body).toEqual({ weekly: [], exceptions: [] });
});

test('providers are listed with those who take no more bookings, a page at a time', async () => {
  const here = await openSpa(t);
  await here.call('PATCH', '/providers/BEN', { body: { isActive: false } });
  const first = await here.call('GET', '/providers?limit=1');
  expect(first.body.items).toEqual([{ code: 'ANNA', name: 'Anna', isActive: true, services: ['FACIAL', 'PEEL'] }]);
  const second = await here.call('GET', `/providers?limit=1&cursor=${first.body.nextCursor}`);
  expect(second.body).toMatchObject({ items: [{ code: 'BEN', isActive: false }], nextCursor: null });
});

test('a code that is taken is 409 already_exists', async () => {
  expect(await add({ ...cleo, code: 'ANNA' })).toMatchObject(refusal('already_exists'));
});

test('a repeat of adding a provider with the same key gets the first answer again', async () => {
  const headers = { 'idempotency-key': 'one-dora' };
  const first = await add({ code: 'DORA', name: 'Dora' }, headers);
  const second = await add({ code: 'DORA', name: 'Dora' }, headers);
  expect(second).toMatchObject({ status: 201, body: first.body, headers: { 'idempotent-replayed': 'true' } });
});

test.each([
  [{ ...cleo, code: 'Clé' }, 'code'],
  [{ code: 'X' }, 'name'],
  [{ ...cleo, code: 'X', services: ['FACIAL', 'NOSUCH'] }, 'services.1'],
  [{ ...cleo, code: 'X', services: ['HIBACHI'] }, 'services.0'],
  [{ ...cleo, code: 'X', services: ['FACIAL', 'FACIAL'] }, 'services.1'],
  [{ ...cleo, code: 'X', isActive: 'yes' }, 'isActive'],
  [{ ...cleo, code: 'X', calendarTokenHash: 'x' }, 'calendarTokenHash'],
])('a new provider of %j is 400 at %s', async (body, path) => {
  expect(await add(body)).toMatchObject(invalid(path));
});

test('what is changed is changed, and the rest stays', async () => {
  const here = await openSpa(t);
  const changed = await here.call('PATCH', '/providers/ANNA', { body: { name: 'Annabel' } });
  expect(changed.body).toEqual({
    code: 'ANNA',
    name: 'Annabel',
    isActive: true,
    services: ['FACIAL', 'PEEL'],
    strandedAppointments: [],
  });
  expect((await here.call('PATCH', '/providers/ANNA', { body: { services: [] } })).body.services).toEqual([]);
  expect((await here.call('GET', '/services')).body.items).toMatchObject([{ providers: ['BEN'] }, { providers: [] }]);
});

test('a change is held to the same rules as the whole', async () => {
  expect(await change({ services: ['NOSUCH'] })).toMatchObject(invalid('services.0'));
  expect(await change({ name: '' })).toMatchObject(invalid('name'));
  expect(await change({ code: 'OTHER' })).toMatchObject(invalid('code'));
});

test('a provider that does not exist, or is another property’s, is 404', async () => {
  const elsewhere = await openDesk(t);
  await elsewhere.call('POST', '/providers', { body: { ...cleo, code: 'ELSEWHERE' } });
  for (const code of ['NOSUCH', 'ELSEWHERE']) {
    expect(await change({ name: 'X' }, code)).toMatchObject(refusal('not_found'));
    expect(await spa.call('GET', `/providers/${code}/hours`)).toMatchObject(refusal('not_found'));
    expect(await spa.call('GET', `/providers/${code}/time-off`)).toMatchObject(refusal('not_found'));
  }
});

test('a provider who leaves keeps the coming appointments, and they are listed', async () => {
  const here = await openSpa(t);
  const [first, second] = [await here.appoint('2050-02-01T15:00Z'), await here.appoint('2050-02-02T15:00Z')];
  await here.appoint('2050-02-01T15:00Z', { provider: 'BEN' });
  const gone = await here.call('PATCH', '/providers/ANNA', { body: { isActive: false } });
  expect(gone.body).toMatchObject({ isActive: false });
  expect(strandedCodes(gone)).toEqual([first, second]);
  const back = await here.call('PATCH', '/providers/ANNA', { body: { isActive: true } });
  expect(back.body).toMatchObject({ isActive: true, strandedAppointments: [] });
});

test('appointments for what a provider no longer does are listed, and no others', async () => {
  const here = await openSpa(t);
  const stranded = await here.appoint('2050-02-01T15:00Z', { service: 'PEEL' });
  await here.appoint('2050-02-01T18:00Z');
  const answer = await here.call('PATCH', '/providers/ANNA', { body: { services: ['FACIAL'] } });
  expect(strandedCodes(answer)).toEqual([stranded]);
});

test('a dry run answers what would be, and writes nothing', async () => {
  const here = await openSpa(t);
  const stranded = await here.appoint('2050-02-01T15:00Z');
  const before = await dumpTables(t.database);
  const gone = await here.call('PATCH', '/providers/ANNA', { body: { isActive: false }, headers: DRY_RUN });
  expect(gone).toMatchObject({ status: 200, headers: { 'preference-applied': 'dry-run' }, body: { isActive: false } });
  expect(strandedCodes(gone)).toEqual([stranded]);
  expect((await here.call('POST', '/providers', { body: cleo, headers: DRY_RUN })).status).toBe(201);
  expect(await dumpTables(t.database)).toEqual(before);
});

test('what was done to a provider is logged by code, without a name', async () => {
  t.logged.length = 0;
  await change({ name: 'Annabel Lee' });
  const line = t.logged.find(({ event }) => event === 'catalogue/change-provider');
  expect(line).toMatchObject({ provider: 'ANNA', outcome: 'ok', actor: 'STAFF' });
  expect(JSON.stringify(line)).not.toContain('Annabel');
});

test.each([
  ['POST', '/providers'],
  ['PATCH', '/providers/ANNA'],
  ['PUT', '/providers/ANNA/hours'],
  ['POST', '/providers/ANNA/time-off'],
  ['DELETE', '/providers/ANNA/time-off/01980c4e-7f3a-7000-8000-000000000000'],
] as const)('%s %s takes JSON, and not too much of it', async (method, path) => {
  const send = (type: string, body: string) => spa.call(method, path, { headers: { 'content-type': type }, body });
  expect(await send('text/plain', 'x')).toMatchObject(refusal('unsupported_media_type'));
  expect(await send('application/json', `"${'x'.repeat(300_000)}"`)).toMatchObject(refusal('payload_too_large'));
});
