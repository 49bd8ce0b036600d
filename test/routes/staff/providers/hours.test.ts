import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp } from '../../../support/server/app.ts';
import type { Answer, TestApp } from '../../../support/server/app.ts';
import { daysAhead, guest } from '../../../support/hotel/build.ts';
import { invalid, refusal } from '../../../support/http/problems.ts';
import { DRY_RUN, everyDay, openSpa, strandedCodes } from '../../../support/spa/spa.ts';
import type { Spa } from '../../../support/spa/spa.ts';
import { dumpTables } from '../../../support/database/tables.ts';

let t: TestApp;
let spa: Spa;

beforeAll(async () => {
  t = await startTestApp();
  spa = await openSpa(t);
});
afterAll(() => t.close());

const get = (here = spa) => here.call('GET', '/providers/ANNA/hours');
const christmas = { date: '2050-12-25', ranges: [] };
const eve = {
  date: '2050-12-24',
  ranges: [
    { from: '09:00', to: '12:00' },
    { from: '13:00', to: '24:00' },
  ],
};

test('hours are read as they were put, in order, and can be put back as they were read', async () => {
  const weekly = [
    { weekday: 1, from: '09:00', to: '12:00' },
    { weekday: 1, from: '12:00', to: '24:00' },
    { weekday: 7, from: '00:00', to: '00:01' },
  ];
  const hours = { weekly, exceptions: [eve, christmas] };
  const put = await spa.putHours({ weekly: weekly.toReversed(), exceptions: [christmas, eve] });
  expect(put).toMatchObject({ status: 200 });
  expect(put.body).toEqual({ ...hours, strandedAppointments: [] });
  expect((await get()).body).toEqual(hours);
  expect((await spa.putHours((await get()).body)).body).toMatchObject(hours);
});

test('what was there before is gone, but for the exceptions of the past', async () => {
  const here = await openSpa(t);
  await here.putHours({ weekly: everyDay('09:00', '18:00'), exceptions: [eve, christmas] });
  await t.database.sql(
    `INSERT INTO provider_exceptions (provider_id, on_date)
     SELECT id, '2020-12-25' FROM providers WHERE property_id = $1 AND code = 'ANNA'`,
    [here.hotel.propertyId],
  );
  const next = { weekly: [{ weekday: 2, from: '10:00', to: '16:00' }], exceptions: [christmas] };
  await here.putHours(next);
  expect((await get(here)).body).toEqual(next);
  const past = `SELECT FROM provider_exceptions e JOIN providers p ON p.id = e.provider_id
                WHERE p.property_id = $1 AND on_date = '2020-12-25'`;
  expect(await t.database.sql(past, [here.hotel.propertyId])).toHaveLength(1);
});

test('exceptions that are left out stay as they are', async () => {
  const here = await openSpa(t);
  await here.putHours({ weekly: [], exceptions: [christmas] });
  const { body } = await here.putHours({ weekly: everyDay('09:00', '18:00') });
  expect(body).toMatchObject({ weekly: everyDay('09:00', '18:00'), exceptions: [christmas] });
});

test('today at the property is the first date an exception can be for', async () => {
  const here = await openSpa(t);
  const [row] = await t.database.sql<{ today: string; yesterday: string }>(
    `SELECT to_char(app_now() AT TIME ZONE 'America/Chicago', 'YYYY-MM-DD') AS today,
       to_char(app_now() AT TIME ZONE 'America/Chicago' - interval '1 day', 'YYYY-MM-DD') AS yesterday`,
  );
  const today = { date: row?.today, ranges: [] };
  expect((await here.putHours({ weekly: [], exceptions: [today] })).body.exceptions).toEqual([today]);
  const late = { weekly: [], exceptions: [christmas, { date: row?.yesterday, ranges: [] }] };
  expect(await here.putHours(late)).toMatchObject(invalid('exceptions.1.date'));
  expect((await get(here)).body.exceptions).toEqual([today]);
});

const monday = (from: string, to: string) => ({ weekday: 1, from, to });
const onEve = (...ranges: object[]) => ({ weekly: [], exceptions: [christmas, { date: eve.date, ranges }] });
test.each([
  [{ weekly: [monday('09:00', '12:00'), monday('11:59', '18:00')] }, 'weekly.1'],
  [
    { weekly: [monday('09:00', '18:00'), { weekday: 2, from: '09:00', to: '18:00' }, monday('10:00', '11:00')] },
    'weekly.2',
  ],
  [{ weekly: [monday('09:00', '12:00'), monday('09:00', '12:00')] }, 'weekly.1'],
  [onEve({ from: '09:00', to: '12:00' }, { from: '08:00', to: '24:00' }), 'exceptions.1.ranges.1'],
  [{ weekly: [], exceptions: [christmas, christmas] }, 'exceptions.1.date'],
  [{ weekly: [monday('12:00', '12:00')] }, 'weekly.0.to'],
  [{ weekly: [monday('12:00', '09:00')] }, 'weekly.0.to'],
  [onEve({ from: '12:00', to: '09:00' }), 'exceptions.1.ranges.0.to'],
  [{ weekly: [monday('9:00', '12:00')] }, 'weekly.0.from'],
  [{ weekly: [monday('24:00', '24:00')] }, 'weekly.0.from'],
  [{ weekly: [monday('09:00', '24:01')] }, 'weekly.0.to'],
  [{ weekly: [{ weekday: 0, from: '09:00', to: '12:00' }] }, 'weekly.0.weekday'],
  [{ weekly: [{ weekday: 8, from: '09:00', to: '12:00' }] }, 'weekly.0.weekday'],
  [{ weekly: [{ ...monday('09:00', '12:00'), id: 1 }] }, 'weekly.0.id'],
  [{ weekly: [], exceptions: [{ date: '2050-02-30', ranges: [] }] }, 'exceptions.0.date'],
  [{ exceptions: [] }, 'weekly'],
  [{ weekly: Array.from({ length: 71 }, () => monday('09:00', '12:00')) }, 'weekly'],
])('hours of %j are 400 at %s', async (hours, path) => {
  expect(await spa.putHours(hours)).toMatchObject(invalid(path));
});

test('appointments outside the new hours are listed, those that just fit are not, buffers aside', async () => {
  const here = await openSpa(t);
  await here.putHours({ weekly: everyDay('08:00', '20:00') });
  // Winter: Chicago is six hours behind.
  const early = await here.appoint('2050-02-01T14:59Z');
  await here.appoint('2050-02-02T15:00Z');
  await here.appoint('2050-02-03T23:00Z');
  const late = await here.appoint('2050-02-04T23:01Z');
  await here.appoint('2050-02-01T14:59Z', { provider: 'BEN' });
  const answer = await here.putHours({ weekly: everyDay('09:00', '18:00') });
  expect(answer.body.strandedAppointments).toEqual([
    { code: early, startsAt: '2050-02-01T14:59:00.000Z', localStart: '2050-02-01T08:59:00-06:00', status: 'CONFIRMED' },
    { code: late, startsAt: '2050-02-04T23:01:00.000Z', localStart: '2050-02-04T17:01:00-06:00', status: 'CONFIRMED' },
  ]);
});

test('an exception strands what the weekday would allow, and allows what it would not', async () => {
  const here = await openSpa(t);
  const onChristmas = await here.appoint('2050-12-25T18:00Z');
  await here.appoint('2050-12-24T22:00Z');
  const answer = await here.putHours({ weekly: everyDay('09:00', '13:00'), exceptions: [eve, christmas] });
  expect(strandedCodes(answer)).toEqual([onChristmas]);
});

test('hours run on over midnight, and follow the clocks when they change', async () => {
  const here = await openSpa(t);
  // In 2050 Chicago's clocks go forward on 13 March at 2:00. From 23:30 on the 12th, an hour; from 1:30, an hour to 3:30.
  await here.appoint('2050-03-13T05:30Z');
  await here.appoint('2050-03-13T07:30Z');
  const stranded = await here.appoint('2050-03-13T08:45Z');
  const weekly = [
    { weekday: 6, from: '22:00', to: '24:00' },
    { weekday: 7, from: '00:00', to: '04:00' },
  ];
  expect(strandedCodes(await here.putHours({ weekly }))).toEqual([stranded]);
});

test('what is booked on the website is stranded like any other, and is still there afterwards', async () => {
  const here = await openSpa(t);
  await here.putHours({ weekly: everyDay('09:00', '18:00') });
  const date = daysAhead(10);
  const wish = { kind: 'APPOINTMENT', service: 'FACIAL', provider: 'ANNA', startsAt: `${date}T10:00`, guest };
  const booked = await t.call('POST', `${here.hotel.path}/bookings`, { body: wish });
  expect(booked.status).toBe(201);
  const { code } = booked.body.booking;
  expect(strandedCodes(await here.putHours({ weekly: everyDay('10:15', '18:00') }, DRY_RUN))).toEqual([code]);
  expect(strandedCodes(await here.putHours({ weekly: everyDay('10:00', '11:00') }))).toEqual([]);
  expect(strandedCodes(await here.putHours({ weekly: everyDay('10:15', '18:00') }))).toEqual([code]);
  expect((await here.call('GET', `/bookings/${code}`)).body).toMatchObject({ status: 'CONFIRMED' });
});

test('a dry run lists who would be stranded, and writes nothing', async () => {
  const here = await openSpa(t);
  await here.putHours({ weekly: everyDay('09:00', '18:00'), exceptions: [christmas] });
  const stranded = await here.appoint('2050-02-01T15:00Z');
  const before = await dumpTables(t.database);
  const answer = await here.putHours({ weekly: [], exceptions: [] }, DRY_RUN);
  expect(answer).toMatchObject({ status: 200, headers: { 'preference-applied': 'dry-run' } });
  expect(answer.body).toMatchObject({ weekly: [], exceptions: [] });
  expect(strandedCodes(answer)).toEqual([stranded]);
  expect(await dumpTables(t.database)).toEqual(before);
});

test('of two who put hours at once, one is the last; nothing of both is left', async () => {
  const here = await openSpa(t);
  const [mornings, afternoons] = [everyDay('08:00', '13:00'), everyDay('12:00', '20:00')];
  for (let round = 0; round < 50; round += 1) {
    const puts = [
      { weekly: mornings, exceptions: [christmas] },
      { weekly: afternoons, exceptions: [{ ...eve, date: christmas.date }] },
    ];
    const answers = await Promise.all(puts.map((hours) => here.putHours(hours)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    const { body } = await get(here);
    const [winner] = puts.filter(({ weekly }) => JSON.stringify(weekly) === JSON.stringify(body.weekly));
    expect(body).toEqual(winner);
  }
});

/** What comes of putting hours while a stranger is about to commit hours of their own. */
async function putBesideStranger(here: Spa, sql: string): Promise<Answer> {
  const stranger = new pg.Client({ connectionString: t.database.url });
  await stranger.connect();
  try {
    await stranger.query('BEGIN');
    // Past the trigger that would lock the provider: two who both had that lock could not meet.
    await stranger.query('SET LOCAL session_replication_role = replica');
    await stranger.query(sql, [here.hotel.propertyId]);
    const put = here.putHours({ weekly: everyDay('09:00', '18:00'), exceptions: [eve] });
    const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    while ((await t.database.sql(waiting)).length === 0);
    await stranger.query('COMMIT');
    return await put;
  } finally {
    await stranger.end();
  }
}

test.each([
  ['weekly hours', `provider_hours (provider_id, weekday, from_minute, to_minute) SELECT id, 3, 600, 660`],
  [
    'an exception',
    `provider_exceptions (provider_id, on_date, from_minute, to_minute) SELECT id, '2050-12-24', 600, 660`,
  ],
])('where a stranger writes %s that overlap, the database refuses with 409 hours_overlap', async (_, insert) => {
  const here = await openSpa(t);
  const sql = `INSERT INTO ${insert} FROM providers WHERE property_id = $1 AND code = 'ANNA'`;
  expect(await putBesideStranger(here, sql)).toMatchObject(refusal('hours_overlap'));
  const hours = (await get(here)).body;
  expect([...hours.weekly, ...hours.exceptions]).toHaveLength(1);
});
