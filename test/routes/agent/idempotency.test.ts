import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { dana, makeKey, openAgent, startOnMonday } from '../../support/spa/agent.ts';
import type { TestAgent } from '../../support/spa/agent.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { TestApp } from '../../support/server/app.ts';
import { buildSpa } from '../../support/spa/build-spa.ts';
import { travelTo } from '../../support/database/clock.ts';

let t: TestApp;
let agent: TestAgent;

beforeAll(async () => {
  t = await startTestApp();
  agent = openAgent(t);
});
beforeEach(() => startOnMonday(t));
afterAll(() => t.close());

const facial = { service: 'Facial', guest: dana };
const countBookings = async () => Number((await t.database.sql('SELECT count(*) FROM bookings'))[0]?.['count']);
const listed = (id: string, args: object, name = 'create_booking') => ({
  message: { type: 'tool-calls', toolCallList: [{ id, name, arguments: args }] },
});
const send = (body: object) => t.call('POST', agent.path, { body, token: agent.token });
/** One more free time than there is somebody for, so that no refusal hides a second booking. */
const anybody = { ...facial, when: 'Tuesday at 10 am' };

test('the same call fifty times at once is one booking and fifty times the same answer', async () => {
  const before = await countBookings();
  const answers = await Promise.all(Array.from({ length: 50 }, () => send(listed('call_50', anybody))));
  const results = new Set(answers.map(({ status, body }) => `${String(status)} ${body.results[0].result}`));
  expect(results.size).toBe(1);
  expect(JSON.parse(answers[0]?.body.results[0].result)).toMatchObject({
    ok: true,
    data: { booking: { status: 'CONFIRMED' } },
  });
  expect(await countBookings()).toBe(before + 1);
});

test('a repeat is the same booking, whatever it comes in', async () => {
  const before = await countBookings();
  const first = await send(listed('call_again', { ...facial, when: 'Wednesday at 10 am' }));
  const headers = { 'idempotency-key': 'call_again' };
  const second = await agent.call('create_booking', { ...facial, when: 'Wednesday at 10 am' }, { headers });
  expect(second.body).toEqual(JSON.parse(first.body.results[0].result));
  expect(second.headers['idempotent-replayed']).toBe('true');
  expect(await countBookings()).toBe(before + 1);
});

test('a repeat that comes when its words mean another day, or no day at all, is still the same booking', async () => {
  const headers = { 'idempotency-key': 'call_today' };
  const today = { ...facial, when: 'today at 11 am' };
  const first = await agent.call('create_booking', today, { headers });
  expect(first.body.data.booking.localStart).toBe('2027-03-08T11:00:00-06:00');
  await travelTo(t.database, '2027-03-08T18:30:00Z');
  expect((await agent.call('create_booking', today, { headers })).body).toEqual(first.body);
});

test('the same id with other arguments is refused, and books nothing', async () => {
  const before = await countBookings();
  await send(listed('call_other', { ...facial, when: 'Thursday at 10 am' }));
  const { body } = await send(listed('call_other', { ...facial, when: 'Thursday at 12 pm' }));
  expect(JSON.parse(body.results[0].result)).toMatchObject({ ok: false, problem: { code: 'idempotency_key_reused' } });
  expect(await countBookings()).toBe(before + 1);
});

test('without an id of its own a call is known by the telephone call, the tool and its arguments', async () => {
  const before = await countBookings();
  const retell = (callId: string, args: object) => send({ name: 'create_booking', call: { call_id: callId }, args });
  const args = { ...facial, when: 'Friday at 10 am' };
  const first = await retell('phone-1', args);
  const { guest, ...rest } = args;
  expect((await retell('phone-1', { guest, ...rest })).body).toEqual(first.body);
  expect(await countBookings()).toBe(before + 1);
  // Somebody else on the telephone, and another wish of the first: two more.
  expect((await retell('phone-2', args)).body.data.booking.code).not.toBe(first.body.data.booking.code);
  expect((await retell('phone-1', { ...args, when: 'Friday at 12 pm' })).body.ok).toBe(true);
  expect(await countBookings()).toBe(before + 3);
});

test('another key’s call of the same id is another call', async () => {
  const { id } = await t.ctx.db.property.findUniqueOrThrow({ where: { slug: 'glow-medspa' } });
  const other = openAgent(t, 'glow-medspa', await makeKey(t, id));
  const headers = { 'idempotency-key': 'shared' };
  const args = { ...facial, when: 'Saturday at 10 am' };
  const [one, two] = [
    await agent.call('create_booking', args, { headers }),
    await other.call('create_booking', args, { headers }),
  ];
  expect(one.body.data.booking.code).not.toBe(two.body.data.booking.code);
});

test('an id that is longer or odder than a key may be is still an id', async () => {
  const before = await countBookings();
  const id = `call ${'é'.repeat(150)}`;
  const args = { ...facial, when: '2027-03-16 at 10 am' };
  const first = await send(listed(id, args));
  expect((await send(listed(id, args))).body).toEqual(first.body);
  expect(first.body.results[0].toolCallId).toBe(id);
  expect(await countBookings()).toBe(before + 1);
});

test('a refusal frees the id', async () => {
  const headers = { 'idempotency-key': 'call_freed' };
  const args = { service: 'Botox', when: '2027-03-17 at 10 am', guest: dana };
  const { code } = await agent.book('2027-03-17 at 10 am', { service: 'Botox' });
  expect((await agent.call('create_booking', args, { headers })).body.problem.code).toBe('slot_taken');
  const { data } = await agent.do('cancel_booking', { code, lastName: 'Ortiz' });
  await agent.do('cancel_booking', { confirm: data.proposal.confirm });
  expect((await agent.call('create_booking', args, { headers })).body.ok).toBe(true);
});

/** A spa where everything is paid first, with somebody for each of many holds at once. */
async function openPaidSpa(maxLiveHolds: number): Promise<TestAgent> {
  const day = [{ fromMinute: 0, toMinute: 1_440 }];
  const providers = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`P${String(index)}`, day]));
  const spa = await buildSpa(t.ctx, { providers, property: { paymentPolicy: 'FULL' } });
  return openAgent(t, spa.slug, await makeKey(t, spa.propertyId, { maxLiveHolds }));
}

const holdFor = (who: TestAgent, phone: string, email = `${phone.replaceAll(' ', '')}@example.com`) =>
  who.call('create_booking', { when: 'tomorrow at noon', guest: { ...dana, phone, email } });
const countOf = (answers: { body: any }[]) => {
  const codes = answers.map(({ body }) => (body.ok ? body.data.booking.status : body.problem.code) as string);
  return Object.fromEntries([...Map.groupBy(codes, (code) => code)].map(([code, { length }]) => [code, length]));
};

test('of thirty at once, one telephone holds three', async () => {
  const who = await openPaidSpa(20);
  const answers = await Promise.all(
    Array.from({ length: 30 }, (_, n) => holdFor(who, '312 555 0100', `a${String(n)}@example.com`)),
  );
  expect(countOf(answers)).toEqual({ PENDING_PAYMENT: 3, too_many_holds: 27 });
  const refused = answers.find(({ body }) => !body.ok);
  expect(refused?.body.say).toMatch(/too many unpaid bookings/);
});

test('a telephone is the same one however it is spelled, with its country or without', async () => {
  const who = await openPaidSpa(20);
  const spellings = ['+1 312 555 0100', '(312) 555-0100', '001 312.555.0100', '3125550100'];
  const answers = [];
  for (const [n, phone] of spellings.entries()) answers.push(await holdFor(who, phone, `a${String(n)}@example.com`));
  expect(countOf(answers)).toEqual({ PENDING_PAYMENT: 3, too_many_holds: 1 });
  expect((await holdFor(who, '+1 312 555 0101')).body.ok).toBe(true);
});

test('of twenty at once, one key holds as many as it may, and more once holds have ended', async () => {
  const who = await openPaidSpa(5);
  const holdAll = () => Promise.all(Array.from({ length: 20 }, (_, n) => holdFor(who, `312 555 02${String(n + 10)}`)));
  expect(countOf(await holdAll())).toEqual({ PENDING_PAYMENT: 5, too_many_holds: 15 });
  await travelTo(t.database, '2027-03-08T15:11:00Z');
  expect(countOf(await holdAll())).toEqual({ PENDING_PAYMENT: 5, too_many_holds: 15 });
});

test('a booking that needs no payment is no hold', async () => {
  const who = openAgent(t, 'glow-medspa');
  for (const hour of ['9', '10:15', '11:30', '12:45', '2']) await who.book(`2027-04-20 at ${hour}`);
});
