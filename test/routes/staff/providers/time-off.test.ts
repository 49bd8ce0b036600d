import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp } from '../../../support/server/app.ts';
import type { TestApp } from '../../../support/server/app.ts';
import { invalid, refusal } from '../../../support/http/problems.ts';
import { DRY_RUN, openSpa, strandedCodes } from '../../../support/spa/spa.ts';
import type { Spa } from '../../../support/spa/spa.ts';
import { dumpTables } from '../../../support/database/tables.ts';

let t: TestApp;
let spa: Spa;
const path = '/providers/ANNA/time-off';
const lunch = { startsAt: '2050-02-01T12:00', endsAt: '2050-02-01T13:00' };

beforeAll(async () => {
  t = await startTestApp();
  spa = await openSpa(t);
});
afterAll(() => t.close());

const take = (body: object, here = spa, headers: Record<string, string> = {}) =>
  here.call('POST', path, { body, headers });
const remove = (id: string, here = spa) => here.call('DELETE', `${path}/${id}`);

test('time off is taken by wall time at the property, and shown as both', async () => {
  const answer = await take({ ...lunch, reason: 'Dentist' });
  expect(answer).toMatchObject({ status: 201 });
  expect(answer.body).toEqual({
    id: expect.any(String),
    reason: 'Dentist',
    strandedAppointments: [],
    startsAt: '2050-02-01T18:00:00.000Z',
    localStart: '2050-02-01T12:00:00-06:00',
    endsAt: '2050-02-01T19:00:00.000Z',
    localEnd: '2050-02-01T13:00:00-06:00',
  });
});

test('a time with an offset is that instant', async () => {
  const { body } = await take({ startsAt: '2050-07-01T12:00:00+02:00', endsAt: '2050-07-01T11:00:00.5Z' });
  expect(body).toMatchObject({
    startsAt: '2050-07-01T10:00:00.000Z',
    localStart: '2050-07-01T05:00:00-05:00',
    reason: null,
    endsAt: '2050-07-01T11:00:00.500Z',
  });
});

test('time off that is not over is listed by its start, a page at a time', async () => {
  const here = await openSpa(t);
  const past = { startsAt: new Date(Date.now() - 3_600_000), endsAt: new Date(Date.now() + 3_600_000) };
  const later = await take(lunch, here);
  const now = await take(past, here);
  await t.database.sql(
    `INSERT INTO time_off (id, provider_id, starts_at, ends_at)
     SELECT gen_random_uuid(), id, '2020-01-01', '2020-01-02' FROM providers WHERE property_id = $1`,
    [here.hotel.propertyId],
  );
  const first = await here.call('GET', `${path}?limit=1`);
  expect(first.body.items).toMatchObject([{ id: now.body.id }]);
  const second = await here.call('GET', `${path}?limit=1&cursor=${first.body.nextCursor}`);
  expect(second.body).toMatchObject({ items: [{ id: later.body.id }], nextCursor: null });
  expect((await here.call('GET', '/providers/BEN/time-off')).body).toEqual({ items: [], nextCursor: null });
});

test('a time that does not exist is 422 and names the next that does, before any other rule', async () => {
  const gap = { startsAt: '2050-03-13T02:30', endsAt: '2050-03-13T01:00' };
  expect(await take(gap)).toMatchObject(refusal('local_time_skipped', { next: '2050-03-13T03:00:00-05:00' }));
});

test('a time that comes twice is 422 and names both', async () => {
  const twice = { startsAt: '2050-11-06T00:30', endsAt: '2050-11-06T01:30' };
  expect(await take(twice)).toMatchObject(
    refusal('local_time_ambiguous', {
      candidates: ['2050-11-06T01:30:00-05:00', '2050-11-06T01:30:00-06:00'],
      errors: [{ path: 'endsAt', message: expect.any(String) }],
    }),
  );
  expect((await take({ ...twice, endsAt: '2050-11-06T01:30:00-06:00' })).status).toBe(201);
});

test('time off that would be over already is 422', async () => {
  const past = { startsAt: '2020-02-01T12:00', endsAt: '2020-02-01T13:00' };
  expect(await take(past)).toMatchObject(refusal('past_time'));
});

test.each([
  [{ endsAt: lunch.endsAt }, 'startsAt'],
  [{ startsAt: lunch.startsAt }, 'endsAt'],
  [{ startsAt: 'tomorrow', endsAt: lunch.endsAt }, 'startsAt'],
  [{ startsAt: lunch.startsAt, endsAt: '2050-02-30T12:00' }, 'endsAt'],
  [{ startsAt: lunch.startsAt, endsAt: lunch.startsAt }, 'endsAt'],
  [{ startsAt: lunch.endsAt, endsAt: lunch.startsAt }, 'endsAt'],
  [{ startsAt: '1999-12-31T12:00Z', endsAt: lunch.endsAt }, 'startsAt'],
  [{ startsAt: lunch.startsAt, endsAt: '2100-01-01T00:00Z' }, 'endsAt'],
  [{ ...lunch, reason: '' }, 'reason'],
  [{ ...lunch, providerId: 'x' }, 'providerId'],
])('time off of %j is 400 at %s', async (body, place) => {
  expect(await take(body)).toMatchObject(invalid(place));
});

test('appointments that time off meets, buffers included, stay and are listed', async () => {
  const here = await openSpa(t);
  // Each takes an hour and a quarter. Lunch is from 18:00 to 19:00 UTC.
  await here.appoint('2050-02-01T16:45Z');
  const after = await here.appoint('2050-02-01T18:59Z');
  await here.appoint('2050-02-02T18:00Z');
  await here.appoint('2050-02-01T18:00Z', { provider: 'BEN' });
  expect(strandedCodes(await take(lunch, here))).toEqual([after]);
  const earlier = { ...lunch, startsAt: '2050-02-01T11:59' };
  expect(strandedCodes(await take(earlier, here))).toHaveLength(2);
});

test('a repeat with the same key takes no more time off', async () => {
  const here = await openSpa(t);
  const key = { 'idempotency-key': 'lunch' };
  const first = await take(lunch, here, key);
  expect(await take(lunch, here, key)).toMatchObject({ body: first.body, headers: { 'idempotent-replayed': 'true' } });
  expect((await here.call('GET', path)).body.items).toHaveLength(1);
});

test('time off that is deleted is answered once more, and then is 404', async () => {
  const here = await openSpa(t);
  const { strandedAppointments: _, ...taken } = (await take(lunch, here)).body;
  expect(await remove(taken.id, here)).toMatchObject({ status: 200, body: taken });
  expect(await remove(taken.id, here)).toMatchObject(refusal('not_found'));
  expect((await here.call('GET', path)).body.items).toEqual([]);
});

test('time off is deleted at its own provider and property only', async () => {
  const here = await openSpa(t);
  const { id } = (await take(lunch)).body;
  expect(await remove(id, here)).toMatchObject(refusal('not_found'));
  expect(await spa.call('DELETE', `/providers/BEN/time-off/${id}`)).toMatchObject(refusal('not_found'));
  expect(await spa.call('DELETE', `${path}/none`)).toMatchObject(invalid('id'));
  expect(await spa.call('DELETE', `${path}/${id}`, { body: { force: true } })).toMatchObject(invalid('force'));
  expect((await remove(id)).status).toBe(200);
});

test('of two who delete it at once, one does', async () => {
  const here = await openSpa(t);
  const { id } = (await take(lunch, here)).body;
  const answers = await Promise.all([remove(id, here), remove(id, here)]);
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 404]);
});

test('a dry run answers what would be, and writes nothing', async () => {
  const here = await openSpa(t);
  const { id } = (await take(lunch, here)).body;
  const stranded = await here.appoint('2050-02-01T18:00Z');
  const before = await dumpTables(t.database);
  const taken = await take(lunch, here, DRY_RUN);
  expect(taken).toMatchObject({ status: 201, headers: { 'preference-applied': 'dry-run' } });
  expect(strandedCodes(taken)).toEqual([stranded]);
  const deleted = await here.call('DELETE', `${path}/${id}`, { headers: DRY_RUN });
  expect(deleted).toMatchObject({ status: 200, body: { id } });
  expect(await dumpTables(t.database)).toEqual(before);
});
