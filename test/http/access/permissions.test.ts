import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StaffRole } from '../../../src/domain/access/permissions.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { Method, TestApp } from '../../support/server/app.ts';
import { hire, openDesk } from '../../support/hotel/desk.ts';
import type { Desk } from '../../support/hotel/desk.ts';
import { refusal } from '../../support/http/problems.ts';

const ROLES = ['OWNER', 'MANAGER', 'FRONT_DESK', 'HOUSEKEEPING', 'VIEWER'] as const;

// Written by hand from what is promised (SPEC §16, roles), not from the table in the code.
const EVERYBODY: readonly StaffRole[] = ROLES;
const READERS: readonly StaffRole[] = ['OWNER', 'MANAGER', 'FRONT_DESK', 'VIEWER'];
const DESK: readonly StaffRole[] = ['OWNER', 'MANAGER', 'FRONT_DESK'];
const CLEANERS: readonly StaffRole[] = ['OWNER', 'MANAGER', 'FRONT_DESK', 'HOUSEKEEPING'];
const MANAGERS: readonly StaffRole[] = ['OWNER', 'MANAGER'];
const OWNERS: readonly StaffRole[] = ['OWNER'];

/** Every staff route there is, and who may call it. A new route belongs here first. */
const STAFF_ROUTES: Readonly<Record<string, readonly StaffRole[]>> = {
  'GET /bookings': EVERYBODY,
  'POST /bookings': DESK,
  'GET /bookings/{code}': READERS,
  'DELETE /bookings/{code}': DESK,
  'GET /bookings/{code}/history': READERS,
  'GET /bookings/{code}/assignable-rooms': READERS,
  'POST /bookings/{code}/approve': DESK,
  'POST /bookings/{code}/decline': DESK,
  'POST /bookings/{code}/cancel': DESK,
  'POST /bookings/{code}/payments': DESK,
  'POST /bookings/{code}/payments/{paymentId}/void': MANAGERS,
  'POST /bookings/{code}/refunds': MANAGERS,
  'POST /bookings/{code}/refunds/{refundId}/hand-over': MANAGERS,
  'GET /bookings/{code}/cancellation-quote': READERS,
  'POST /bookings/{code}/guest-link': DESK,
  'GET /bookings/{code}/statement': READERS,
  'POST /bookings/{code}/check-in': DESK,
  'POST /bookings/{code}/check-out': DESK,
  'POST /bookings/{code}/complete': DESK,
  'POST /bookings/{code}/no-show': DESK,
  'POST /bookings/{code}/reschedule': DESK,
  'POST /bookings/{code}/swap': DESK,
  'POST /bookings/{code}/assign-room': DESK,
  'POST /bookings/{code}/unassign-room': DESK,
  'GET /rooms': EVERYBODY,
  'POST /rooms': MANAGERS,
  'GET /reports/reconciliation': READERS,
  'GET /events': READERS,
  'GET /events/stream': READERS,
  'GET /disputes': READERS,
  'GET /webhook-events': READERS,
  'POST /webhook-events/{id}/replay': MANAGERS,
  'PATCH /rooms/{number}': CLEANERS,
  'GET /room-types': READERS,
  'POST /room-types': MANAGERS,
  'PATCH /room-types/{roomType}': MANAGERS,
  'GET /services': READERS,
  'POST /services': MANAGERS,
  'PATCH /services/{service}': MANAGERS,
  'GET /providers': READERS,
  'POST /providers': MANAGERS,
  'PATCH /providers/{provider}': MANAGERS,
  'GET /providers/{provider}/hours': READERS,
  'PUT /providers/{provider}/hours': MANAGERS,
  'GET /providers/{provider}/time-off': READERS,
  'POST /providers/{provider}/time-off': MANAGERS,
  'DELETE /providers/{provider}/time-off/{id}': MANAGERS,
  'POST /providers/{provider}/calendar-link': MANAGERS,
  'DELETE /providers/{provider}/calendar-link': MANAGERS,
  'GET /calendar/day': READERS,
  'GET /calendar/week': READERS,
  'GET /calendar/month': READERS,
  'GET /zones': READERS,
  'POST /zones': MANAGERS,
  'PATCH /zones/{zone}': MANAGERS,
  'GET /promos': READERS,
  'POST /promos': MANAGERS,
  'GET /promos/{promo}': READERS,
  'PATCH /promos/{promo}': MANAGERS,
  'GET /taxes': READERS,
  'POST /taxes': MANAGERS,
  'GET /taxes/{tax}': READERS,
  'PATCH /taxes/{tax}': MANAGERS,
  'DELETE /taxes/{tax}': MANAGERS,
  'GET /customers': READERS,
  'GET /customers/{customer}': READERS,
  'GET /customers/{customer}/wallet': READERS,
  'POST /customers/{customer}/wallet/credits': MANAGERS,
  'POST /customers/{customer}/wallet/debits': MANAGERS,
  'GET /api-keys': OWNERS,
  'POST /api-keys': OWNERS,
  'DELETE /api-keys/{id}': OWNERS,
  'GET /inventory': READERS,
  'PUT /inventory': MANAGERS,
  'GET ': READERS,
  'PATCH ': MANAGERS,
};

const STAFF_PREFIX = '/api/v1/staff/properties/{slug}';
const ROUTES = Object.entries(STAFF_ROUTES).map(([route, allowed]) => {
  const [method = '', path = ''] = route.split(' ');
  return { route, method: method as Method, path, allowed };
});

let t: TestApp;
let desk: Desk;
let other: Desk;
let code: string;
let guestToken: string;
const tokens = new Map<StaffRole, string>();
let document: Record<string, Record<string, unknown>>;

beforeAll(async () => {
  t = await startTestApp();
  desk = await openDesk(t);
  other = await openDesk(t);
  ({ code, guestToken } = await desk.book());
  for (const role of ROLES) tokens.set(role, await hire(t, desk.hotel.propertyId, role));
  document = (await t.call('GET', '/openapi.json')).body.paths;
});
afterAll(() => t.close());

const fill = (path: string) =>
  path
    .replace('{code}', code)
    .replace('{number}', '999')
    .replace(/\{(roomType|service|provider|zone|promo|tax)\}/, 'NOSUCH')
    .replace('{slug}', desk.hotel.slug);

/** Asks for nothing that could succeed: who may call is decided before what they ask for is read. */
const knock = (method: Method, path: string, token?: string, at = desk) =>
  t.call(method, `${at.path}${fill(path)}`, {
    ...(token !== undefined && { token }),
    ...(method !== 'GET' && { body: { noSuchMember: true } }),
    // Who is let in would else listen for ever.
    headers: { 'last-event-id': 'nonsense' },
  });

test('the table above names every staff route of the API document, and no other', () => {
  const documented = Object.entries(document).flatMap(([path, methods]) =>
    path.startsWith(STAFF_PREFIX)
      ? Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.slice(STAFF_PREFIX.length)}`)
      : [],
  );
  expect(documented.toSorted()).toEqual(Object.keys(STAFF_ROUTES).toSorted());
});

describe.each(ROUTES)('$route', ({ method, path, allowed }) => {
  test.each(ROLES)('as %s', async (role) => {
    const answer = await knock(method, path, tokens.get(role));
    if (allowed.includes(role)) expect([401, 403]).not.toContain(answer.status);
    else expect(answer).toMatchObject(refusal('forbidden'));
  });

  test('is 404 for staff of another property, whatever their role', async () => {
    expect(await knock(method, path, other.token)).toMatchObject(refusal('not_found'));
    expect(await knock(method, path, tokens.get('OWNER'), other)).toMatchObject(refusal('not_found'));
  });

  test('is 404 for a platform administrator, who works there no more than anybody', async () => {
    expect(await knock(method, path, await t.tokenFor('admin@holdfast.example'))).toMatchObject(refusal('not_found'));
  });

  test('is 401 for anybody without a token, with a guest’s, or with nonsense', async () => {
    for (const token of [undefined, guestToken, 'nonsense', 'hf_demo_agent_harbour-hotel']) {
      expect(await knock(method, path, token)).toMatchObject(refusal('unauthorized'));
    }
  });
});

test('knocking at every door has changed nothing', async () => {
  const answer = await desk.call('GET', `/bookings/${code}`);
  expect(answer.body).toMatchObject({ status: 'PENDING_PAYMENT', version: 1 });
});

test.each([
  ['GET', '/v1/guest/booking'],
  ['POST', '/v1/guest/booking/cancel'],
] as const)('%s %s is for the guest’s token and no other', async (method, path) => {
  const body = method === 'POST' ? { body: { noSuchMember: true } } : {};
  for (const token of [undefined, ...tokens.values(), await t.tokenFor('admin@holdfast.example')]) {
    expect(await t.call(method, path, { ...(token && { token }), ...body })).toMatchObject(refusal('unauthorized'));
  }
  expect([401, 403]).not.toContain((await t.call(method, path, { token: guestToken, ...body })).status);
});

test('who is signed in may ask who they are; a guest is nobody there', async () => {
  for (const token of tokens.values()) expect((await t.call('GET', '/v1/auth/me', { token })).status).toBe(200);
  expect(await t.call('GET', '/v1/auth/me', { token: guestToken })).toMatchObject(refusal('unauthorized'));
});

test('operations are for platform administrators, not for owners', async () => {
  const path = '/v1/ops/invariants';
  for (const token of tokens.values()) expect(await t.call('GET', path, { token })).toMatchObject(refusal('forbidden'));
  expect(await t.call('GET', path, { token: guestToken })).toMatchObject(refusal('unauthorized'));
  expect((await t.call('GET', path, { token: await t.tokenFor('admin@holdfast.example') })).status).toBe(200);
});

test('who leaves the staff is out at once', async () => {
  const token = await hire(t, desk.hotel.propertyId, 'MANAGER');
  expect((await t.call('GET', desk.path, { token })).status).toBe(200);
  await t.database.sql(`DELETE FROM memberships WHERE role = 'MANAGER' AND property_id = $1`, [desk.hotel.propertyId]);
  expect(await t.call('GET', desk.path, { token })).toMatchObject(refusal('not_found'));
});
