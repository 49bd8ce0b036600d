import { afterAll, beforeAll, expect, test } from 'vitest';
import { BOOKING_STATUSES } from '../../../../src/domain/booking-status.ts';
import { HIBACHI_STATUS_OF } from '../../../../src/routes/compat/hibachi/hibachi-view.ts';
import { addDays } from '../../../../src/domain/time/calendar.ts';
import { startTestApp } from '../../../support/server/app.ts';
import type { Answer, Method, TestApp } from '../../../support/server/app.ts';
import { travelToNoon } from '../../../support/database/clock.ts';
import { daysAhead } from '../../../support/hotel/build.ts';
import { travelTo } from '../../../support/database/clock.ts';
import { HIBACHI, openHibachi } from '../../../support/http/hibachi.ts';
import type { Hibachi } from '../../../support/http/hibachi.ts';
import { findViolations } from '../../../support/database/invariants.ts';
import { invalid, refusal } from '../../../support/http/problems.ts';
import { countStatements } from '../../../support/database/queries.ts';

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

test('time, guests, address and zone are changed at once, at what a new party would cost', async () => {
  const made = await hibachi.book({ date: daysAhead(44), station_id: 'STATION-1' });
  const wish = {
    date: daysAhead(45),
    slot: '17:00',
    party_adults: 14,
    party_kids: 3,
    address: '9 Mill Rd, Napa, CA 94558',
  };
  const shownOnce = ['guest_token', 'manage_url'];
  const whole = Object.fromEntries(Object.entries(made).filter(([member]) => !shownOnce.includes(member)));
  const dry = { headers: { prefer: 'dry-run' } };
  const { body: fresh } = await hibachi.create({ ...wish, station_id: 'STATION-2' }, dry.headers);
  expect(fresh.zone).not.toBe(made.zone);
  expect(fresh.total_due_cents).not.toBe(made.total_due_cents);
  const body = { ...whole, ...wish, total_guests: 17 };
  const costs = { total_due_cents: fresh.total_due_cents, deposit_due_cents: fresh.deposit_due_cents };
  const becomes = { ...wish, ...costs, zone: fresh.zone, total_guests: 17, code: made.code, station_id: 'STATION-1' };
  expect(await hibachi.call('PUT', `/${made.code}`, { body, ...dry })).toMatchObject({ status: 200, body: becomes });
  expect((await hibachi.call('GET', `/${made.code}`)).body).toEqual(whole);
  expect(await hibachi.call('PUT', `/${made.code}`, { body })).toMatchObject({ status: 200, body: becomes });
  const named = await hibachi.call('PATCH', `/admin/${made.code}`, { body: { zone: made.zone, party_kids: 0 } });
  expect(named.body).toMatchObject({ ...wish, zone: made.zone, party_kids: 0, total_guests: 14 });
  expect(named.body.total_due_cents).toBeLessThan(fresh.total_due_cents);
});

test('a change of which a part can’t be had changes nothing', async () => {
  const taken = await hibachi.book({ date: daysAhead(46), station_id: 'STATION-2' });
  const made = await hibachi.book({ date: daysAhead(47), station_id: 'STATION-2' });
  const put = (body: object) => hibachi.call('PUT', `/${made.code}`, { body });
  const seen = (await hibachi.call('GET', `/${made.code}`)).body;
  const slot = { date: taken.date, station_id: 'STATION-2' };
  expect(await put({ ...slot, party_adults: 20 })).toMatchObject(refusal('slot_taken'));
  expect(await put({ party_adults: 20, address: '1 Far Rd, Reno, NV 89501' })).toMatchObject(refusal('outside_zone'));
  expect(await put({ party_adults: 500 })).toMatchObject(refusal('occupancy_exceeded'));
  expect(await put({ date: daysAhead(48), party_adults: 20, status: 'NO_SHOW' })).toMatchObject(
    refusal('invalid_transition'),
  );
  expect(await put({ party_adults: 20, total_due_cents: 1 })).toMatchObject(invalid('total_due_cents'));
  expect(await put({ party_adults: 20, total_guests: 21 })).toMatchObject(invalid('total_guests'));
  expect(await put({ party_adults: 20, address: 'somewhere' })).toMatchObject(invalid('address'));
  expect(await put({ party_adults: 0 })).toMatchObject(invalid('party_adults'));
  expect((await hibachi.call('GET', `/${made.code}`)).body).toEqual(seen);
});

test('a party is changed and approved, or changed and cancelled, in one', async () => {
  const { id: propertyId } = await t.ctx.db.property.findUniqueOrThrow({ where: { slug: 'ember-hibachi' } });
  const approveBy = (approval: 'STAFF' | 'AUTOMATIC') =>
    t.ctx.db.property.update({ where: { id: propertyId }, data: { approval } });
  await approveBy('STAFF');
  const { code, deposit_due_cents: amount } = await hibachi.book({ date: daysAhead(50) });
  const path = `/v1/staff/properties/ember-hibachi/bookings/${String(code)}`;
  await t.call('POST', `${path}/payments`, { token: hibachi.owner, body: { method: 'ZELLE', amount } });
  const wish = { date: daysAhead(51), party_adults: 12 };
  const change = { ...wish, status: 'CONFIRMED', payment_status: 'CONFIRMED' };
  const key = { headers: { 'idempotency-key': 'at-once' } };
  const done = await hibachi.call('PUT', `/${code}`, { body: change, ...key });
  expect(done).toMatchObject({ status: 200, body: { ...wish, status: 'CONFIRMED', deposit_due_cents: amount } });
  expect((await hibachi.call('PUT', `/${code}`, { body: change, ...key })).body).toEqual(done.body);
  const { items } = (await t.call('GET', `${path}/history`, { token: hibachi.owner })).body;
  const actions = items.map(({ action }: { action: string }) => action);
  expect(actions.slice(-2)).toEqual(['reschedule', 'approve']);
  await approveBy('AUTOMATIC');
  const off = { version: done.body.version, slot: '12:00', status: 'CANCELLED', reason: 'Rain' };
  expect(await hibachi.call('PUT', `/${code}`, { body: { ...off, version: 1 } })).toMatchObject(
    refusal('version_conflict'),
  );
  expect(await hibachi.call('PUT', `/${code}`, { body: off })).toMatchObject({
    status: 200,
    body: { slot: '12:00', status: 'CANCELLED' },
  });
});

test('what can’t be changed on these paths is refused, and nothing changes', async () => {
  const made = await hibachi.book({ date: daysAhead(40) });
  const put = (body: object) => hibachi.call('PUT', `/${made.code}`, { body });
  expect(await put({ total_due_cents: 1, slot: '12:00' })).toMatchObject(invalid('total_due_cents'));
  expect(await put({ special_requests: 'Garlic' })).toMatchObject(invalid('special_requests'));
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
  await travelToNoon(t.database, daysAhead(42));
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
  const numbers = Object.entries(after).filter(([, count]) => typeof count === 'number');
  const gained = numbers.map(([name, count]) => [name, count - Number(before[name])]);
  const { deposit_due_cents: deposit, total_due_cents: total } = made;
  expect(Object.fromEntries(gained)).toEqual({
    total_bookings: 1,
    pending: 0,
    confirmed: 1,
    completed: 0,
    cancelled: 0,
    no_show: 0,
    today: 0,
    upcoming: 1,
    upcoming_guests: 12,
    holds: 0,
    revenue_today_cents: deposit,
    paid_cents: deposit,
    balance_due_cents: total - deposit,
    failed_webhooks: 0,
  });
  const kinds = ['pending', 'confirmed', 'completed', 'cancelled', 'no_show'];
  expect(kinds.reduce((sum, kind) => sum + Number(after[kind]), 0)).toBe(after['total_bookings']);
});

test('the dashboard has today’s parties, holds while they live, approvals by their deadline, and today’s money alone', async () => {
  const read = async () => (await hibachi.call('GET', '/stats/dashboard')).body;
  const { date, holds, revenue_today_cents: revenue } = await read();
  const ahead = addDays(date, 200);
  const approveBy = (approval: 'STAFF' | 'AUTOMATIC') =>
    t.ctx.db.property.update({ where: { slug: 'ember-hibachi' }, data: { approval } });
  await approveBy('STAFF');
  const wait = async (captureBefore: string | null) => {
    const { code, deposit_due_cents: amount } = await hibachi.book({ date: ahead });
    const path = `/v1/staff/properties/ember-hibachi/bookings/${code as string}/payments`;
    await t.call('POST', path, { token: hibachi.owner, body: { method: 'ZELLE', amount } });
    await t.database.sql('UPDATE bookings SET capture_before = $2 WHERE code = $1', [code, captureBefore]);
    return { code: code as string, amount: amount as number };
  };
  const [none, late] = [await wait(null), await wait('2040-01-02T00:00:00Z')];
  const soon = await wait('2040-01-01T00:00:00Z');
  await approveBy('AUTOMATIC');
  await t.database.sql(`INSERT INTO webhook_events (event_id, type, property_id, state, occurred_at, received_at)
    SELECT 'evt_failed', 'charge.refunded', id, 'FAILED', app_now(), app_now() FROM properties WHERE slug = 'ember-hibachi'`);
  await hibachi.book({ date: addDays(date, 199) });
  const seen = await read();
  expect(seen).toMatchObject({
    pending_approvals: [{ code: soon.code, capture_before: '2040-01-01T00:00:00.000Z' }, late, none].map(
      ({ amount: _, ...approval }: { amount?: number; code: string }) => approval,
    ),
    failed_webhooks: 1,
    holds: Number(holds) + 1,
    revenue_today_cents: Number(revenue) + 3 * soon.amount,
  });
  await t.database.travel('11 minutes');
  expect((await read()).holds).toBe(0);
  await travelTo(t.database, `${addDays(date, 199)}T20:00:00Z`);
  const one = await countStatements(read);
  expect((await read()).todays_parties).toHaveLength(1);
  await travelTo(t.database, `${ahead}T20:00:00Z`);
  const then = await read();
  expect(then).toMatchObject({ date: ahead, today: 3, revenue_today_cents: 0 });
  const codes = then.todays_parties.map(({ code }: { code: string }) => code);
  expect(codes).toEqual([none.code, late.code, soon.code]);
  expect(await countStatements(read)).toBe(one);
  await t.database.travel('0');
});

test('My Hibachi’s statuses are ours, in its words', () => {
  const words = {
    PENDING_PAYMENT: 'PENDING',
    PENDING_APPROVAL: 'PENDING',
    CONFIRMED: 'CONFIRMED',
    IN_HOUSE: 'CONFIRMED',
    COMPLETED: 'COMPLETED',
    DECLINED: 'CANCELLED',
    CANCELLED: 'CANCELLED',
    EXPIRED: 'CANCELLED',
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
