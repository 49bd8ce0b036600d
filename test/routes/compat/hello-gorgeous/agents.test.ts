import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hashToken } from '../../../../src/services/core/secrets/token.ts';
import { dana, makeKey, openAgent, SPA, startOnMonday } from '../../../support/spa/agent.ts';
import type { TestAgent } from '../../../support/spa/agent.ts';
import { startTestApp } from '../../../support/server/app.ts';
import type { TestApp } from '../../../support/server/app.ts';
import { openDesk } from '../../../support/hotel/desk.ts';
import { findViolations } from '../../../support/database/invariants.ts';
import { invalid, refusal } from '../../../support/http/problems.ts';

let t: TestApp;
let agent: TestAgent;
let owner: string;
/** A Thursday of that week. */
const to = { date: '2027-03-11', time: '2:00 PM' };
const ACTIONS = ['cancel', 'reschedule'] as const;
type Action = (typeof ACTIONS)[number];

beforeAll(async () => {
  t = await startTestApp();
  agent = openAgent(t);
});
beforeEach(async () => {
  await startOnMonday(t);
  owner = await t.tokenFor(`owner@${SPA}.example`);
});
afterAll(() => t.close());

const change = (action: Action, body: object, token = agent.token, headers: Record<string, string> = {}) =>
  t.call('POST', `/api/booking/${action}`, { token, headers, body: { ...(action === 'reschedule' && to), ...body } });
const bookings = `/v1/staff/properties/${SPA}/bookings`;
const see = async (code: string) => (await t.call('GET', `${bookings}/${code}`, { token: owner })).body;
/** Free times, each given out once, so that no test is in the way of another. */
const times = ['Tuesday', 'Wednesday'].flatMap((day) =>
  ['9 am', '11 am', '1 pm', '3 pm'].map((time) => `${day} at ${time}`),
);
const book = async () => (await agent.book(times.shift() ?? '', { provider: 'Ryan' })).code as string;

test.each([
  ['the telephone number', { phone: '(312) 555-0100' }, { ...to, time: '9:00 AM' }],
  ['the surname', { lastName: 'ORTIZ' }, { ...to, time: '10:00 AM' }],
  ['the surname by its other name', { last_name: 'Ortíz', phone: '' }, { ...to, time: '11:00 AM' }],
])('an agent moves and cancels a booking with its code and %s', async (_, person, when) => {
  const bookingId = await book();
  const moved = await change('reschedule', { bookingId, ...person, ...when });
  expect(moved).toMatchObject({ status: 200, body: { success: true, booking: { id: bookingId, ...when } } });
  const cancelled = await change('cancel', { id: bookingId, ...person, reason: 'Ill' });
  expect(cancelled).toMatchObject({ status: 200, body: { booking: { id: bookingId, status: 'CANCELLED' } } });
  const { body: history } = await t.call('GET', `${bookings}/${bookingId}/history`, { token: owner });
  for (const action of ACTIONS) {
    expect(history.items).toContainEqual(
      expect.objectContaining({ action, actor: expect.objectContaining({ type: 'AGENT' }) }),
    );
  }
});

test('an agent is told nothing of the guest', async () => {
  const bookingId = await book();
  const { body } = await change('cancel', { bookingId, lastName: dana.lastName }, agent.token, { prefer: 'dry-run' });
  expect(body.booking).toMatchObject({ id: bookingId, name: '', email: null, phone: null, notes: null });
  for (const secret of Object.values(dana)) expect(JSON.stringify(body)).not.toContain(secret);
});

test('a wrong code, a wrong person and a UUID are refused alike, and nothing changes', async () => {
  const bookingId = await book();
  const { id } = await t.ctx.db.booking.findUniqueOrThrow({ where: { code: bookingId } });
  for (const action of ACTIONS) {
    const refusals = [
      await change(action, { bookingId, lastName: 'Byrne' }),
      await change(action, { bookingId, phone: '+1 312 555 0199' }),
      await change(action, { bookingId: 'BK-2027-9999', lastName: 'Ortiz' }),
      await change(action, { bookingId: id, lastName: 'Ortiz' }),
    ];
    for (const refused of refusals) expect(refused).toMatchObject(refusal('not_found'));
    const told = refusals.map(({ body: { instance: _, requestId: __, ...rest } }) => rest);
    expect(told).toEqual(told.map(() => told[0]));
  }
  expect(await see(bookingId)).toMatchObject({ status: 'CONFIRMED', version: 1 });
});

test('an agent has to say which and whose', async () => {
  for (const action of ACTIONS) {
    expect(await change(action, { lastName: 'Ortiz' })).toMatchObject(invalid('bookingId'));
    expect(await change(action, { bookingId: 'BK-2027-0001' })).toMatchObject(invalid('phone'));
    const twice = { bookingId: 'BK-2027-0001', lastName: 'Ortiz', last_name: 'Ortiz' };
    expect(await change(action, twice)).toMatchObject(invalid('last_name'));
  }
});

test('a key that is revoked or another property’s opens nothing', async () => {
  const bookingId = await book();
  const keys = `/v1/staff/properties/${SPA}/api-keys`;
  const { body } = await t.call('POST', keys, { token: owner, body: { name: 'Old line' } });
  for (const action of ACTIONS) {
    const wish = { bookingId, phone: dana.phone };
    expect(await change(action, wish, 'hf_demo_agent_ember-hibachi')).toMatchObject(refusal('not_found'));
    expect(await change(action, wish, await makeKey(t, (await openDesk(t)).hotel.propertyId))).toMatchObject(
      refusal('not_found'),
    );
  }
  expect(await change('cancel', { bookingId }, body.key)).toMatchObject(invalid('phone'));
  await t.call('DELETE', `${keys}/${String(body.id)}`, { token: owner });
  for (const action of ACTIONS) {
    expect(await change(action, { bookingId, phone: dana.phone }, body.key)).toMatchObject(refusal('unauthorized'));
  }
  expect(await see(bookingId)).toMatchObject({ status: 'CONFIRMED', version: 1 });
});

test('who the guest is, is for agents to say: from staff and guests it is refused', async () => {
  const at = { serviceSlug: 'facial', provider: 'DANIELLE', date: '2027-03-12', time: '10:00 AM' };
  const { body } = await t.call('POST', '/api/booking/create', { body: { ...dana, ...at } });
  const bookingId = body.booking.id;
  for (const token of [owner, body.guest_token]) {
    expect(await change('cancel', { bookingId, phone: dana.phone }, token)).toMatchObject(invalid('phone'));
    expect(await change('reschedule', { bookingId, lastName: 'Ortiz' }, token)).toMatchObject(invalid('lastName'));
  }
  // A guest's token is one even where it happens to begin as keys do.
  const odd = `hf_${'x'.repeat(40)}`;
  const { id } = await t.ctx.db.booking.findUniqueOrThrow({ where: { code: bookingId } });
  await t.ctx.db.guestToken.updateMany({ where: { bookingId: id }, data: { tokenHash: hashToken(odd) } });
  const cancelled = await change('cancel', { phone: '', lastName: '' }, odd);
  expect(cancelled).toMatchObject({ status: 200, body: { booking: { status: 'CANCELLED', email: dana.email } } });
});

test('the paths of My Hibachi let no agent in', async () => {
  const token = 'hf_demo_agent_ember-hibachi';
  for (const method of ['GET', 'DELETE'] as const) {
    const options = { token, ...(method === 'DELETE' && { body: {} }) };
    expect(await t.call(method, '/api/v1/bookings/BK-2027-0001', options)).toMatchObject(refusal('unauthorized'));
  }
});

test('a repeat with the same key gets the first answer again', async () => {
  const bookingId = await book();
  const move = () =>
    change('reschedule', { bookingId, phone: dana.phone, time: '4:00 PM' }, agent.token, { 'idempotency-key': 'one' });
  const [first, second] = [await move(), await move()];
  expect(first.status).toBe(200);
  expect(second.body).toEqual(first.body);
  expect(second.headers).toMatchObject({ 'idempotent-replayed': 'true' });
  expect(await see(bookingId)).toMatchObject({ version: 2 });
});

test('after all of that, every promise still holds', async () => {
  expect(await findViolations(t.ctx)).toEqual([]);
});

describe('with rate limits', () => {
  let limited: TestApp;
  beforeAll(async () => {
    limited = await startTestApp({ RATE_LIMIT_SCALE: '0.1' });
  });
  afterAll(() => limited.close());

  test('a key is good for so many requests in a minute, here and with its tools together', async () => {
    const tools = openAgent(limited);
    for (let time = 0; time < 10; time += 1) expect((await tools.call('list_services')).status).toBe(200);
    const wish = { bookingId: 'BK-2027-0001', lastName: 'Nobody' };
    const ask = (key: string) => limited.call('POST', '/api/booking/cancel', { token: key, body: wish });
    for (let time = 0; time < 2; time += 1) expect((await ask(tools.token)).status).toBe(404);
    expect(await ask(tools.token)).toMatchObject(refusal('rate_limited'));
    expect(await tools.call('list_services')).toMatchObject(refusal('rate_limited'));
    const { id } = await limited.ctx.db.property.findUniqueOrThrow({ where: { slug: SPA } });
    expect((await ask(await makeKey(limited, id))).status).toBe(404);
  });
});
