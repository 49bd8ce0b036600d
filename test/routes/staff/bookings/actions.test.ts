import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { expireHolds } from '../../../../src/services/selling/hold/expire-holds.ts';
import { startTestApp } from '../../../support/server/app.ts';
import type { TestApp } from '../../../support/server/app.ts';
import { daysAhead } from '../../../support/hotel/build.ts';
import { travelTo, travelToNoon } from '../../../support/database/clock.ts';
import { nightOf, openDesk } from '../../../support/hotel/desk.ts';
import type { Desk } from '../../../support/hotel/desk.ts';
import { invalid, refusal } from '../../../support/http/problems.ts';
import { dumpTables } from '../../../support/database/tables.ts';

let t: TestApp;
/** Approves by staff and asks for no payment, so that a guest's booking waits for approval. */
let desk: Desk;
const night = { checkIn: daysAhead(10), checkOut: daysAhead(11) };

beforeAll(async () => {
  t = await startTestApp();
  desk = await openDesk(t, { rooms: 60, property: { approval: 'STAFF', paymentPolicy: 'NONE' } });
});
afterEach(() => t.database.travel('0 minutes'));
afterAll(() => t.close());

const pending = async () => (await desk.book(night)).code;
const confirmed = () => desk.confirm(night);
let day = 20;
/** On a night of its own, so that every room is free then. */
const confirmedAlone = () => desk.confirm({ checkIn: daysAhead((day += 1)), checkOut: daysAhead(day + 1) });

async function housed(): Promise<string> {
  const code = await confirmed();
  await travelToNoon(t.database, night.checkIn);
  const { items } = (await desk.call('GET', `/bookings/${code}/assignable-rooms`)).body;
  await desk.act(code, 'assign-room', { room: items[0].number });
  await desk.act(code, 'check-in');
  return code;
}

test('staff accept a booking, and it says who decided and when', async () => {
  const code = await pending();
  expect(await desk.act(code, 'approve')).toMatchObject({
    status: 200,
    headers: { etag: '"2"' },
    body: { status: 'CONFIRMED', version: 2, decisionBy: expect.any(String), decisionAt: expect.any(String) },
  });
});

test('staff refuse a booking with a reason, and its night is free again', async () => {
  const before = await nightOf(desk, night.checkIn);
  const code = await pending();
  const answer = await desk.act(code, 'decline', { reasonCode: 'NO_CAPACITY', note: 'Wedding party' });
  expect(answer).toMatchObject({
    status: 200,
    body: { status: 'DECLINED', declineReasonCode: 'NO_CAPACITY', declineReasonNote: 'Wedding party' },
  });
  expect(await nightOf(desk, night.checkIn)).toEqual(before);
});

test.each(['approve', 'decline', 'no-show', 'check-in', 'check-out'])(
  '%s of a booking that has ended is 409 and names what is allowed',
  async (action) => {
    const code = await pending();
    await desk.act(code, 'cancel');
    const body = action === 'decline' ? { reasonCode: 'LATE' } : {};
    const refused = refusal('invalid_transition', { allowed: [] });
    expect(await desk.act(code, action, body)).toMatchObject(refused);
  },
);

test('a refusal by status names what staff may do instead', async () => {
  const code = await confirmed();
  const refused = refusal('invalid_transition', { allowed: ['cancel', 'checkIn', 'noShow'] });
  expect(await desk.act(code, 'approve')).toMatchObject(refused);
});

test.each([
  ['POST', 'cancel'],
  ['DELETE', ''],
] as const)(
  '%s …/%s cancels, gives the night back, and a second time changes and emits nothing',
  async (method, sub) => {
    const before = await nightOf(desk, night.checkIn);
    const code = await confirmed();
    const cancel = () =>
      desk.call(method, `/bookings/${code}${sub && `/${sub}`}`, { body: { reason: 'Guest called' } });
    const first = await cancel();
    expect(first).toMatchObject({ status: 200, body: { status: 'CANCELLED', cancelledAt: expect.any(String) } });
    expect(await nightOf(desk, night.checkIn)).toEqual(before);
    const tables = await dumpTables(t.database);
    expect(await cancel()).toMatchObject({ status: 200, body: first.body });
    expect(await dumpTables(t.database)).toEqual(tables);
  },
);

test('a dry run of deleting writes nothing', async () => {
  const code = await confirmed();
  const before = await dumpTables(t.database);
  const tried = await desk.call('DELETE', `/bookings/${code}`, { headers: { prefer: 'dry-run' } });
  expect(tried).toMatchObject({ status: 200, body: { status: 'CANCELLED' } });
  expect(await dumpTables(t.database)).toEqual(before);
});

test('a booking is deleted without a body', async () => {
  const code = await confirmed();
  expect(await desk.call('DELETE', `/bookings/${code}`)).toMatchObject({ status: 200, body: { status: 'CANCELLED' } });
});

test('staff may cancel a guest who is in the house', async () => {
  expect(await desk.act(await housed(), 'cancel')).toMatchObject({ status: 200, body: { status: 'CANCELLED' } });
});

const ACTIONS: readonly [action: string, body: object, prepare: () => Promise<string>][] = [
  ['approve', {}, pending],
  ['decline', { reasonCode: 'NO_CAPACITY' }, pending],
  ['cancel', { reason: 'Guest called' }, confirmed],
  ['payments', { method: 'CASH', amount: 10_000 }, confirmed],
  ['assign-room', { room: '160' }, confirmedAlone],
  ['check-out', { waiveBalance: 'Kettle was broken' }, housed],
];

test.each(ACTIONS)('a dry run of %s answers what would happen and writes nothing', async (action, body, prepare) => {
  const code = await prepare();
  const before = await dumpTables(t.database);
  const tried = await desk.act(code, action, body, { headers: { prefer: 'dry-run', 'idempotency-key': 'dry' } });
  expect(tried).toMatchObject({ status: 200, headers: { 'preference-applied': 'dry-run' } });
  expect(await dumpTables(t.database)).toEqual(before);
  const done = await desk.act(code, action, body);
  expect(done.headers).not.toHaveProperty('preference-applied');
  expect(done.body).toMatchObject({ status: tried.body.status, version: tried.body.version });
});

test('a dry run of unassign-room, check-in and no-show writes nothing either', async () => {
  const code = await confirmed();
  await desk.act(code, 'assign-room', { room: '159' });
  await travelTo(t.database, `${night.checkIn}T18:00:00Z`);
  const before = await dumpTables(t.database);
  for (const action of ['unassign-room', 'check-in', 'no-show']) {
    const tried = await desk.act(code, action, {}, { headers: { prefer: 'dry-run' } });
    expect(tried).toMatchObject({ status: 200, headers: { 'preference-applied': 'dry-run' } });
    expect(await dumpTables(t.database)).toEqual(before);
  }
});

test.each(ACTIONS)('%s is 412 for one who has seen an older version', async (action, body, prepare) => {
  const code = await prepare();
  const { headers } = await desk.call('GET', `/bookings/${code}`);
  const etag = String(headers['etag']);
  const stale = await desk.act(code, action, body, { headers: { 'if-match': '"99"' } });
  expect(stale).toMatchObject(refusal('version_conflict', { version: Number(etag.replaceAll('"', '')) }));
  const fresh = await desk.act(code, action, body, { headers: { 'if-match': etag } });
  expect(fresh.status).toBe(200);
  expect(fresh.headers['etag']).toBe(`"${String(fresh.body.version)}"`);
  expect(fresh.headers['etag']).not.toBe(etag);
});

test.each(['unassign-room', 'check-in', 'no-show'])(
  '%s is 412 for one who has seen an older version',
  async (action) => {
    const code = await confirmed();
    const stale = await desk.act(code, action, {}, { headers: { 'if-match': '"99"' } });
    expect(stale).toMatchObject(refusal('version_conflict', { version: 1 }));
  },
);

test('a booking that changed since is not deleted', async () => {
  const code = await confirmed();
  const stale = await desk.call('DELETE', `/bookings/${code}`, { headers: { 'if-match': '"99"' } });
  expect(stale).toMatchObject(refusal('version_conflict'));
});

test('an If-Match that is no version is 400, and * means any', async () => {
  const code = await pending();
  const approve = (ifMatch: string) => desk.act(code, 'approve', {}, { headers: { 'if-match': ifMatch } });
  expect(await approve('newest')).toMatchObject(invalid('If-Match'));
  expect((await approve('*')).status).toBe(200);
});

test('a hold that has expired can not be approved', async () => {
  const paid = await openDesk(t, { rooms: 1 });
  const { code } = await paid.book();
  await t.database.travel('11 minutes');
  await expireHolds(t.ctx);
  expect(await paid.act(code, 'approve')).toMatchObject(refusal('invalid_transition'));
});

test.each([
  ['decline', {}, 'reasonCode'],
  ['decline', { reasonCode: 'no capacity' }, 'reasonCode'],
  ['cancel', { reason: '' }, 'reason'],
  ['approve', { force: true }, 'force'],
  ['payments', { method: 'BARTER', amount: 1 }, 'method'],
  ['payments', { method: 'CASH', amount: 0 }, 'amount'],
  ['payments', { method: 'CASH', amount: 1.5 }, 'amount'],
  ['check-in', { early: 'yes' }, 'early'],
  ['check-out', { waiveBalance: true }, 'waiveBalance'],
  ['assign-room', { room: '' }, 'room'],
])('%s with %j is 400 at %s', async (action, body, path) => {
  expect(await desk.act('BK-2026-0001', action, body)).toMatchObject(invalid(path));
});

test('an action takes JSON, and not too much of it', async () => {
  const send = (type: string, body: string) =>
    desk.call('POST', '/bookings/BK-2026-0001/cancel', { headers: { 'content-type': type }, body });
  expect(await send('text/plain', 'please')).toMatchObject(refusal('unsupported_media_type'));
  expect(await send('application/json', `"${'x'.repeat(300_000)}"`)).toMatchObject(refusal('payload_too_large'));
});
