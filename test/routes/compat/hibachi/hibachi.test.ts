import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildApp } from '../../../../src/app.ts';
import { startTestApp } from '../../../support/server/app.ts';
import type { Method, TestApp } from '../../../support/server/app.ts';
import { daysAhead } from '../../../support/hotel/build.ts';
import { addressLine, HIBACHI, host, openHibachi } from '../../../support/http/hibachi.ts';
import type { Hibachi } from '../../../support/http/hibachi.ts';
import { findViolations } from '../../../support/database/invariants.ts';
import { invalid, refusal } from '../../../support/http/problems.ts';

const CANONICAL = '/v1/public/properties/ember-hibachi';
let t: TestApp;
let hibachi: Hibachi;

beforeAll(async () => {
  t = await startTestApp();
  hibachi = await openHibachi(t);
});
afterAll(() => t.close());

test('a party is booked in My Hibachi’s words, at the price the canonical path quotes', async () => {
  const date = daysAhead(30);
  const body = await hibachi.book({ date, station_id: 'STATION-2', source: 'WEBSITE', total_due_cents: 1 });
  const wish = { service: 'HIBACHI', startsAt: `${date}T18:00`, adults: 10, children: 2, zone: 'A' };
  const quote = await t.call('POST', `${CANONICAL}/quotes`, { body: { kind: 'APPOINTMENT', ...wish } });
  const { totalPayable, depositDue } = quote.body.price;
  expect(body).toEqual({
    id: expect.any(String),
    code: expect.stringMatching(/^BK-/),
    customer_id: expect.any(String),
    station_id: 'STATION-2',
    date,
    slot: '18:00',
    address: addressLine,
    zone: 'A',
    party_adults: 10,
    party_kids: 2,
    total_guests: 12,
    currency: 'USD',
    total_due_cents: totalPayable,
    deposit_due_cents: depositDue,
    balance_due_cents: totalPayable - depositDue,
    status: 'PENDING',
    payment_status: 'PENDING',
    source: 'COMPAT',
    version: 1,
    special_requests: null,
    created_at: expect.any(String),
    updated_at: expect.any(String),
    guest_token: expect.any(String),
    manage_url: expect.stringContaining('/manage#'),
  });
  expect(depositDue).toBeGreaterThan(0);
  const { body: canonical } = await t.call('GET', '/v1/guest/booking', { token: body.guest_token });
  expect(canonical).toMatchObject({
    code: body.code,
    status: 'PENDING_PAYMENT',
    guest: { firstName: 'Dana', lastName: 'Ortiz' },
    appointment: { service: 'HIBACHI', address: { line1: '12 Grill St', city: 'Sacramento', postalCode: '95814' } },
  });
});

test('the first site’s path books the same; one mailbox is one customer', async () => {
  const first = await hibachi.create({ date: daysAhead(31) }, {}, '/api/book');
  const second = await hibachi.book({ date: daysAhead(31) });
  expect(first.status).toBe(201);
  expect(second.customer_id).toBe(first.body.customer_id);
  expect(second.station_id).not.toBe(first.body.station_id);
});

test.each([
  [
    'an address in parts',
    { address: { line1: '12 Grill St', city: 'Sacramento', region: 'CA', postal_code: '95814' } },
  ],
  ['a zone alone', { address: undefined, zone: 'a' }],
  ['a time of twelve hours', { slot: '6 PM' }],
  ['an object for the customer', { name: undefined, email: undefined, phone: undefined, customer: host }],
])('what was said otherwise is taken too: %s', async (_, body) => {
  const answer = await hibachi.create({ date: daysAhead(32), ...body }, { prefer: 'dry-run' });
  expect(answer).toMatchObject({
    status: 200,
    body: { code: 'DRY-RUN', customer_id: null, guest_token: null, slot: '18:00', zone: 'A' },
  });
});

test.each([
  ['address', { address: '12 Grill St' }],
  ['address', { address: undefined }],
  ['slot', { slot: 'evening' }],
  ['date', { date: '2027-02-30' }],
  ['party_adults', { party_adults: 0 }],
  ['party_adults', { party_adults: '10' }],
  ['email', { email: '' }],
])('what can’t be read is refused at %s (%#)', async (path, body) => {
  expect(await hibachi.create({ date: daysAhead(33), ...body })).toMatchObject(invalid(path));
});

test('three stations are three parties; the fourth is told what else there is', async () => {
  const date = daysAhead(34);
  const stations = [await hibachi.book({ date }), await hibachi.book({ date }), await hibachi.book({ date })];
  expect(new Set(stations.map(({ station_id: station }) => station)).size).toBe(3);
  const refused = await hibachi.create({ date });
  expect(refused).toMatchObject(refusal('slot_taken', { reason: 'HELD' }));
  expect(refused.body.alternatives.length).toBeGreaterThanOrEqual(3);
  expect(await hibachi.create({ date, address: '1 Far St, Reno, NV 89501' })).toMatchObject(refusal('outside_zone'));
});

test('a day’s slots are those of the canonical path, by both of its paths', async () => {
  const date = daysAhead(35);
  await hibachi.book({ date, station_id: 'STATION-1', slot: '12:00' });
  const canonical = await t.call('GET', `${CANONICAL}/slots?service=HIBACHI&from=${date}&to=${date}`);
  const { body } = await t.call('GET', `${HIBACHI}/availability?date=${date}`);
  const starts = (of: { starts_at?: string; startsAt?: string }[]) => of.map((each) => each.starts_at ?? each.startsAt);
  expect(starts(body.slots)).toEqual(starts(canonical.body.slots));
  expect(body.slots.find(({ slot }: { slot: string }) => slot === '12:00')).toMatchObject({
    available: 2,
    station_ids: ['STATION-2', 'STATION-3'],
  });
  expect((await t.call('GET', `/api/availability?date=${date}`)).body).toEqual(body);
  const one = await t.call('GET', `${HIBACHI}/availability?date=${date}&station_id=STATION-1`);
  expect(one.body.slots.some(({ slot }: { slot: string }) => slot === '12:00')).toBe(false);
});

test('what is booked here is gone from the canonical answers at once', async () => {
  const date = daysAhead(200);
  const path = `${CANONICAL}/slots?service=HIBACHI&provider=STATION-1&from=${date}&to=${date}`;
  const before = await t.call('GET', path);
  const made = await hibachi.book({ date, station_id: 'STATION-1' });
  const after = await t.call('GET', path);
  expect(after.body.slots.length).toBeLessThan(before.body.slots.length);
  await hibachi.call('DELETE', `/${made.code}`, { body: {} });
  expect((await t.call('GET', path)).body).toEqual(before.body);
});

test('dates on which no station is left are the canonical ones', async () => {
  const [from, to] = [daysAhead(530), daysAhead(560)];
  const { body } = await t.call('GET', `${HIBACHI}/booked-dates?from=${from}&to=${to}`);
  const canonical = await t.call('GET', `${CANONICAL}/booked-dates?service=HIBACHI&from=${from}&to=${to}`);
  expect(body.booked_dates).toEqual(canonical.body.dates);
  expect(body.booked_dates.length).toBeGreaterThan(0);
  expect((await t.call('GET', `${HIBACHI}/booked-dates`)).status).toBe(200);
  expect(await t.call('GET', `${HIBACHI}/booked-dates?from=${to}&to=${from}`)).toMatchObject(invalid('to'));
  const late = `${HIBACHI}/booked-dates?from=${daysAhead(1)}&to=${daysAhead(63)}`;
  expect(await t.call('GET', late)).toMatchObject(invalid('to'));
});

test('one party is there for staff, by code and UUID, and for its guest; for nobody else', async () => {
  const made = await hibachi.book({ date: daysAhead(36) });
  const { guest_token: token, manage_url: _, ...seen } = made;
  const other = await hibachi.book({ date: daysAhead(36) });
  for (const name of [made.code, made.id, `${made.code as string}/`]) {
    expect(await hibachi.call('GET', `/${name}`)).toMatchObject({ status: 200, body: seen, headers: { etag: '"1"' } });
    expect(await hibachi.call('GET', `/${name}`, { token })).toMatchObject({ status: 200, body: seen });
    expect(await hibachi.call('GET', `/${name}`, { token: other.guest_token })).toMatchObject(refusal('not_found'));
    expect(await t.call('GET', `${HIBACHI}/${name}`)).toMatchObject(refusal('unauthorized'));
  }
  const hotel = await t.tokenFor('owner@harbour-hotel.example');
  expect(await hibachi.call('GET', `/${made.code}`, { token: hotel })).toMatchObject(refusal('not_found'));
  expect(await hibachi.call('GET', '/BK-2020-9999')).toMatchObject(refusal('not_found'));
});

test('a guest cancels their own party; staff cancel any; again is the same', async () => {
  const mine = await hibachi.book({ date: daysAhead(37) });
  const other = await hibachi.book({ date: daysAhead(37) });
  const cancel = (name: string, token?: string, headers: Record<string, string> = {}) =>
    t.call('DELETE', `${HIBACHI}/${name}`, {
      body: { reason: 'Rain' },
      headers,
      ...(token !== undefined && { token }),
    });
  expect(await cancel(other.code, mine.guest_token)).toMatchObject(refusal('not_found'));
  expect(await cancel(mine.code)).toMatchObject(refusal('unauthorized'));
  const done = { status: 200, body: { status: 'CANCELLED', payment_status: 'CANCELLED', version: 2 } };
  expect(await cancel(mine.code, mine.guest_token)).toMatchObject(done);
  expect(await cancel(mine.id, mine.guest_token)).toMatchObject(done);
  expect(await cancel(other.code, hibachi.owner, { 'if-match': '"9"' })).toMatchObject(refusal('version_conflict'));
  expect(await cancel(other.code, hibachi.owner)).toMatchObject(done);
});

test('every answer names the canonical path, with property and code in it', async () => {
  const { code, id } = await hibachi.book({ date: daysAhead(171) });
  const [site, desk] = ['/api/v1/public/properties/ember-hibachi', '/api/v1/staff/properties/ember-hibachi'];
  const named: [Method, string, string][] = [
    ['POST', HIBACHI, `${site}/bookings`],
    ['POST', '/api/book', `${site}/bookings`],
    ['GET', `${HIBACHI}/availability`, `${site}/slots`],
    ['GET', '/api/availability', `${site}/slots`],
    ['GET', `${HIBACHI}/booked-dates`, `${site}/booked-dates`],
    ['GET', HIBACHI, `${desk}/bookings`],
    ['GET', `${HIBACHI}/${id}`, `${desk}/bookings/${code}`],
    ['DELETE', `${HIBACHI}/${code}`, `${desk}/bookings/${code}`],
    ['PUT', `${HIBACHI}/${code}`, `${desk}/bookings/${code}/reschedule`],
    ['PATCH', `${HIBACHI}/admin/${code}`, `${desk}/bookings/${code}/reschedule`],
    ['GET', `${HIBACHI}/admin/weekly`, `${desk}/calendar/week`],
    ['GET', '/api/admin/monthly', `${desk}/calendar/month`],
    ['GET', `${HIBACHI}/stats/dashboard`, `${desk}/bookings`],
  ];
  for (const [method, path, successor] of named) {
    const body = method === 'GET' ? {} : { body: { no_such_member: 1 } };
    const { headers } = await t.call(method, path, { token: hibachi.owner, ...body });
    expect(headers, path).toMatchObject({
      deprecation: expect.stringMatching(/^@\d+$/),
      link: `<${successor}>; rel="successor-version"`,
    });
  }
});

test('where no property is configured, the paths are not there', async () => {
  const app = await buildApp({ ...t.ctx, config: { ...t.ctx.config, COMPAT_HB_SLUG: undefined } });
  const headers = { authorization: `Bearer ${hibachi.owner}` };
  for (const url of [HIBACHI, `${HIBACHI}/availability?date=${daysAhead(30)}`, '/api/admin/weekly']) {
    expect((await app.inject({ url, headers })).statusCode).toBe(404);
  }
  await app.close();
});

test('after all of that, every promise still holds', async () => {
  expect(await findViolations(t.ctx)).toEqual([]);
});
