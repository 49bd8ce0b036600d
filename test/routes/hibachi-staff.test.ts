import { afterAll, beforeAll, expect, test } from 'vitest';
import { BOOKING_STATUSES } from '../../src/domain/booking-status.ts';
import { HIBACHI_STATUS_OF } from '../../src/routes/compat/hibachi/hibachi-view.ts';
import { startTestApp } from '../support/app.ts';
import type { Answer, Method, TestApp } from '../support/app.ts';
import { daysAhead } from '../support/build.ts';
import { HIBACHI, openHibachi } from '../support/hibachi.ts';
import type { Hibachi } from '../support/hibachi.ts';
import { findViolations } from '../support/invariants.ts';
import { invalid, refusal } from '../support/problems.ts';
import { countStatements } from '../support/queries.ts';

let t: TestApp;
let hibachi: Hibachi;

beforeAll(async () => {
  t = await startTestApp();
  hibachi = await openHibachi(t);
});
afterAll(() => t.close());

test('a party is moved by date, slot or station, the whole booking sent back or a part of it', async () => {
  const made = await hibachi.book({ date: daysAhead(38), station_id: 'STATION-1' });
  const shownOnce = ['guest_token', 'manage_url'];
  const whole = Object.fromEntries(Object.entries(made).filter(([member]) => !shownOnce.includes(member)));
  const put = await hibachi.call('PUT', `/${made.id}`, { body: { ...whole, date: daysAhead(39), slot: '5:00 PM' } });
  expect(put).toMatchObject({ status: 200, body: { code: made.code, date: daysAhead(39), slot: '17:00', version: 2 } });
  const patch = await hibachi.call('PATCH', `/admin/${made.code}`, { body: { station_id: 'STATION-3' } });
  expect(patch).toMatchObject({ status: 200, body: { station_id: 'STATION-3', slot: '17:00', version: 3 } });
  const same = await hibachi.call('PUT', `/${made.code}`, { body: { date: daysAhead(39), slot: '17:00' } });
  expect(same).toMatchObject({ status: 200, body: { version: 3 } });
  const stale = await hibachi.call('PUT', `/${made.code}`, { body: { version: 1, slot: '12:00' } });
  expect(stale).toMatchObject(refusal('version_conflict'));
});

test('what can’t be changed on these paths is refused, and nothing changes', async () => {
  const made = await hibachi.book({ date: daysAhead(40) });
  const put = (body: object) => hibachi.call('PUT', `/${made.code}`, { body });
  expect(await put({ party_adults: 11 })).toMatchObject(invalid('party_adults'));
  expect(await put({ total_due_cents: 1, slot: '12:00' })).toMatchObject(invalid('total_due_cents'));
  expect(await put({ slot: '12:00', status: 'CANCELLED' })).toMatchObject(invalid('status'));
  expect(await put({ status: 'NO_SHOW' })).toMatchObject(refusal('invalid_transition'));
  expect(await put({ status: 'CONFIRMED' })).toMatchObject(refusal('invalid_transition'));
  expect((await hibachi.call('GET', `/${made.code}`)).body).toMatchObject({
    status: 'PENDING',
    version: 1,
    slot: '18:00',
  });
});

test('status changes are the canonical actions', async () => {
  const patch = (code: string, status: string) => hibachi.call('PATCH', `/admin/${code}`, { body: { status } });
  const made = await hibachi.confirm({ date: daysAhead(41) });
  expect(made).toMatchObject({ status: 'CONFIRMED', payment_status: 'CONFIRMED' });
  expect(await patch(made.code, 'PENDING')).toMatchObject(invalid('status'));
  expect(await patch(made.code, 'COMPLETED')).toMatchObject(refusal('too_early'));
  await t.database.travel('42 days');
  expect(await patch(made.code, 'COMPLETED')).toMatchObject(refusal('balance_due'));
  const payment = { method: 'CASH', amount: made.balance_due_cents };
  const path = `/v1/staff/properties/ember-hibachi/bookings/${made.code}/payments`;
  await t.call('POST', path, { token: hibachi.owner, body: payment });
  const done = { status: 200, body: { status: 'COMPLETED', balance_due_cents: made.balance_due_cents } };
  expect(await patch(made.code, 'COMPLETED')).toMatchObject(done);
  await t.database.travel('0');
  const other = await hibachi.confirm({ date: daysAhead(41) });
  expect(await patch(other.code, 'NO_SHOW')).toMatchObject(refusal('too_early'));
  expect(await patch(other.code, 'CANCELLED')).toMatchObject({ status: 200, body: { status: 'CANCELLED' } });
});

test('weekly and monthly have the parties that take place, by both of their paths', async () => {
  const at = daysAhead(120);
  const made = [await hibachi.book({ date: at, slot: '17:00' }), await hibachi.book({ date: at, slot: '12:00' })];
  const off = await hibachi.book({ date: at });
  await hibachi.call('DELETE', `/${off.code}`, { body: {} });
  const codes = ({ body }: Answer) => body.bookings.map(({ code }: { code: string }) => code);
  const inOrder = [made[1].code, made[0].code];
  for (const path of [`${HIBACHI}/admin`, '/api/admin']) {
    const week = await t.call('GET', `${path}/weekly?start=${at}`, { token: hibachi.owner });
    expect(week.body).toMatchObject({ from: at, to: daysAhead(126), total_guests: 24 });
    expect(codes(week)).toEqual(inOrder);
    const month = at.slice(0, 7);
    const monthly = await t.call('GET', `${path}/monthly?month=${month}`, { token: hibachi.owner });
    expect(codes(monthly)).toEqual(inOrder);
    const [year, number] = month.split('-');
    const same = await t.call('GET', `${path}/monthly?year=${year}&month=${Number(number)}`, { token: hibachi.owner });
    expect(same.body).toEqual(monthly.body);
    expect((await t.call('GET', `${path}/weekly`, { token: hibachi.owner })).status).toBe(200);
    expect(await t.call('GET', `${path}/monthly?month=5`, { token: hibachi.owner })).toMatchObject(invalid('month'));
    expect(await t.call('GET', `${path}/weekly`)).toMatchObject(refusal('unauthorized'));
  }
});

test('the list is filtered, paged, and takes as many queries for three as for one', async () => {
  const date = daysAhead(150);
  for (let index = 0; index < 3; index += 1) await hibachi.book({ date });
  const query = `from=${date}&to=${date}&status=PENDING`;
  const first = await hibachi.call('GET', `/?${query}&limit=2`);
  expect(first.body.bookings).toHaveLength(2);
  const second = await hibachi.call('GET', `/?${query}&cursor=${first.body.next_cursor}`);
  expect(second.body).toMatchObject({ bookings: [{ date, status: 'PENDING' }], next_cursor: null });
  expect((await hibachi.call('GET', `/?from=${date}&to=${date}&status=CANCELLED`)).body.bookings).toEqual([]);
  const statements = (limit: number) => countStatements(() => hibachi.call('GET', `/?${query}&limit=${String(limit)}`));
  expect(await statements(3)).toBe(await statements(1));
  expect(await t.call('GET', HIBACHI)).toMatchObject(refusal('unauthorized'));
});

test('the dashboard counts every party once', async () => {
  const read = async () => (await hibachi.call('GET', '/stats/dashboard')).body as Record<string, number>;
  const before = await read();
  const made = await hibachi.confirm({ date: daysAhead(160) });
  const after = await read();
  const gained = Object.entries(after).map(([name, count]) => [name, count - Number(before[name])]);
  expect(Object.fromEntries(gained)).toEqual({
    ...{ total_bookings: 1, pending: 0, confirmed: 1, completed: 0, cancelled: 0, no_show: 0, today: 0, upcoming: 1 },
    paid_cents: made.deposit_due_cents,
  });
  const kinds = ['pending', 'confirmed', 'completed', 'cancelled', 'no_show'];
  expect(kinds.reduce((sum, kind) => sum + Number(after[kind]), 0)).toBe(after['total_bookings']);
});

test('My Hibachi’s statuses are ours, in its words', () => {
  const words = {
    ...{ PENDING_PAYMENT: 'PENDING', PENDING_APPROVAL: 'PENDING', CONFIRMED: 'CONFIRMED', IN_HOUSE: 'CONFIRMED' },
    ...{ COMPLETED: 'COMPLETED', DECLINED: 'CANCELLED', CANCELLED: 'CANCELLED', EXPIRED: 'CANCELLED' },
    NO_SHOW: 'NO_SHOW',
  };
  expect(HIBACHI_STATUS_OF).toEqual(words);
  expect(Object.keys(words).toSorted()).toEqual([...BOOKING_STATUSES].toSorted());
});

test('staff paths are for staff of this property with the permission', async () => {
  const made = await hibachi.book({ date: daysAhead(170) });
  const calls: [Method, string, object?][] = [
    ['GET', ''],
    ['GET', '/admin/weekly'],
    ['GET', '/admin/monthly'],
    ['GET', '/stats/dashboard'],
    ['PUT', `/${made.code}`, { slot: '12:00' }],
    ['PATCH', `/admin/${made.code}`, { slot: '12:00' }],
  ];
  const hotel = await t.tokenFor('owner@harbour-hotel.example');
  const cleaner = await t.tokenFor('housekeeping@ember-hibachi.example');
  for (const [method, path, body] of calls) {
    const ask = (token: string) => t.call(method, `${HIBACHI}${path}`, { token, ...(body && { body }) });
    expect(await ask(made.guest_token)).toMatchObject(refusal('unauthorized'));
    expect(await ask(hotel)).toMatchObject(refusal('not_found'));
    expect(await ask(cleaner)).toMatchObject(refusal('forbidden'));
  }
});

test('after all of that, every promise still holds', async () => {
  expect(await findViolations(t.ctx)).toEqual([]);
});
