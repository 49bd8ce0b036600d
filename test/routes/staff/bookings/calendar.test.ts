import { afterAll, beforeAll, expect, test } from 'vitest';
import { addDays } from '../../../../src/domain/time/calendar.ts';
import { startTestApp } from '../../../support/server/app.ts';
import type { TestApp } from '../../../support/server/app.ts';
import { daysAhead, guest } from '../../../support/hotel/build.ts';
import { hire } from '../../../support/hotel/desk.ts';
import { invalid, refusal } from '../../../support/http/problems.ts';
import { countStatements } from '../../../support/database/queries.ts';
import { everyDay, openSpa } from '../../../support/spa/spa.ts';
import type { Spa } from '../../../support/spa/spa.ts';

let t: TestApp;
let spa: Spa;

beforeAll(async () => {
  t = await startTestApp();
  spa = await openSpa(t);
});
afterAll(() => t.close());

const codes = async (path: string, at = spa): Promise<string[]> =>
  (await at.call('GET', `/calendar/${path}`)).body.entries.map(({ code }: { code: string }) => code);

test('an appointment is in the calendar of the day it is chosen for, with all that staff need there', async () => {
  const here = await openSpa(t);
  await here.putHours({ weekly: everyDay('09:00', '18:00') });
  const date = daysAhead(40);
  const body = { kind: 'APPOINTMENT', service: 'FACIAL', startsAt: `${date}T15:00`, guest };
  const created = await t.call('POST', `${here.hotel.path}/bookings`, { body });
  expect(created.status).toBe(201);
  const { code, appointment } = created.body.booking;
  expect((await here.call('GET', `/calendar/day?date=${date}&provider=ANNA`)).body).toEqual({
    from: date,
    to: date,
    timezone: 'America/Chicago',
    currency: 'USD',
    entries: [
      {
        code,
        kind: 'APPOINTMENT',
        status: 'CONFIRMED',
        title: 'Aoife B., Facial',
        room: null,
        provider: 'ANNA',
        start: appointment.startsAt,
        end: appointment.endsAt,
        localStart: appointment.localStart,
        totalGuests: 1,
        balanceDue: 12_000,
        paymentStatus: 'NONE',
      },
    ],
  });
  await here.act(code, 'payments', { method: 'CASH', amount: 12_000 });
  const paid = await here.call('GET', `/calendar/day?date=${date}`);
  expect(paid.body.entries).toMatchObject([{ balanceDue: 0, paymentStatus: 'CAPTURED' }]);
  await here.act(code, 'cancel');
  expect(await codes(`day?date=${date}`, here)).toEqual([]);
});

test('a stay is on every date from arrival to departure, by its dates and its room', async () => {
  const here = await openSpa(t);
  const [from, to] = [daysAhead(50), daysAhead(52)];
  const code = await here.confirm({ checkIn: from, checkOut: to, adults: 2, children: 1 });
  await here.act(code, 'assign-room', { room: '102' });
  const entry = { code, kind: 'STAY', start: from, end: to, room: '102', provider: null, totalGuests: 3 };
  for (const date of [from, addDays(from, 1), to]) {
    const { body } = await here.call('GET', `/calendar/day?date=${date}&room=102`);
    expect(body.entries).toMatchObject([{ ...entry, title: 'Aoife B., Room', balanceDue: 20_000 }]);
    expect(await codes(`day?date=${date}&room=101`, here)).toEqual([]);
  }
  for (const date of [addDays(from, -1), addDays(to, 1)]) expect(await codes(`day?date=${date}`, here)).toEqual([]);
});

test('a day is the property’s, not that of UTC', async () => {
  // 23:30 in Chicago is half past four in the morning of the next day in UTC.
  const late = await spa.appoint('2027-05-19T04:30:00Z');
  expect(await codes('day?date=2027-05-18')).toEqual([late]);
  // It ends after midnight, so it is there on both.
  expect(await codes('day?date=2027-05-19')).toEqual([late]);
  expect(await codes('day?date=2027-05-20')).toEqual([]);
});

test('a week is the seven days from its start, a month all of its days, in order', async () => {
  const at = ['2027-06-01T15:00:00Z', '2027-06-02T15:00:00Z', '2027-06-08T15:00:00Z', '2027-06-09T15:00:00Z'];
  const [first, second, third, fourth] = await Promise.all(at.map((start) => spa.appoint(start)));
  const last = await spa.appoint('2027-07-01T04:00:00Z', { provider: 'BEN' });
  expect(await codes('week?start=2027-06-02')).toEqual([second, third]);
  expect(await codes('month?month=2027-06')).toEqual([first, second, third, fourth, last]);
  expect(await codes('month?month=2027-06&provider=BEN')).toEqual([last]);
  expect(await codes('week?start=2027-06-02&provider=BEN')).toEqual([]);
  expect((await spa.call('GET', '/calendar/month?month=2028-02')).body).toMatchObject({
    from: '2028-02-01',
    to: '2028-02-29',
    entries: [],
  });
  expect((await spa.call('GET', '/calendar/month?month=2099-12')).body).toMatchObject({ to: '2099-12-31' });
});

test('a calendar takes as many queries with thirty bookings as with none', async () => {
  const here = await openSpa(t);
  const read = () => here.call('GET', '/calendar/month?month=2027-09');
  await read();
  const empty = await countStatements(read);
  for (let day = 1; day <= 30; day += 1) await here.appoint(`2027-09-${String(day).padStart(2, '0')}T15:00:00Z`);
  let full: Awaited<ReturnType<typeof read>> | undefined;
  const statements = await countStatements(async () => {
    full = await read();
  });
  expect(full?.body.entries).toHaveLength(30);
  expect(statements).toBe(empty);
});

test('a calendar shows nothing of another property, nor of a guest beyond an initial', async () => {
  const here = await openSpa(t);
  await here.appoint('2027-05-18T15:00:00Z');
  const text = JSON.stringify((await here.call('GET', '/calendar/week?start=2027-05-17')).body);
  expect(text).not.toMatch(/Byrne|example\.com|555/);
  expect((await codes('week?start=2027-05-17', here)).length).toBe(1);
});

test('what is asked for has to exist', async () => {
  expect(await spa.call('GET', '/calendar/day?date=2027-02-30')).toMatchObject(invalid('date'));
  expect(await spa.call('GET', '/calendar/month?month=2027-13')).toMatchObject(invalid('month'));
  expect(await spa.call('GET', '/calendar/week')).toMatchObject(invalid('start'));
  expect(await spa.call('GET', '/calendar/day?date=2027-05-18&provider=NOBODY')).toMatchObject(refusal('not_found'));
  expect(await spa.call('GET', '/calendar/day?date=2027-05-18&room=999')).toMatchObject(refusal('not_found'));
});

test('housekeeping sees no calendar, who only reads does', async () => {
  const path = `${spa.path}/calendar/day?date=2027-05-18`;
  const token = await hire(t, spa.hotel.propertyId, 'HOUSEKEEPING');
  expect(await t.call('GET', path, { token })).toMatchObject(refusal('forbidden'));
  const viewer = await hire(t, spa.hotel.propertyId, 'VIEWER');
  expect((await t.call('GET', path, { token: viewer })).status).toBe(200);
});
