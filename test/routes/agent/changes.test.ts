import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ErrorCode } from '../../../src/errors.ts';
import { dana, openAgent, makeKey, startOnMonday } from '../../support/spa/agent.ts';
import type { TestAgent } from '../../support/spa/agent.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { TestApp } from '../../support/server/app.ts';
import { travelTo } from '../../support/database/clock.ts';

let t: TestApp;
let agent: TestAgent;

beforeAll(async () => {
  t = await startTestApp();
  agent = openAgent(t);
});
beforeEach(() => startOnMonday(t));
afterAll(() => t.close());

const person = { lastName: 'Ortiz' };
const refused = (code: ErrorCode, say = /./) => ({
  status: 200,
  body: { ok: false, say: expect.stringMatching(say), problem: { code } },
});
const see = async (code: string) => (await agent.do('find_booking', { code, ...person })).data.booking;
const propose = async (tool: string, args: object) => (await agent.do(tool, { ...person, ...args })).data.proposal;

test('a move is asked first, changes nothing, and is made once the caller has said yes', async () => {
  const { code } = await agent.book('Tuesday at 10 am', { provider: 'Ryan' });
  const asked = await agent.do('reschedule_booking', { code, ...person, when: 'Thursday at 2 pm' });
  expect(asked.say).toBe(
    'Shall I move Facial with Ryan, tomorrow, Tuesday, March 9, at 10:00 AM, to Thursday, March 11, at 2:00 PM, with Ryan?',
  );
  const { proposal, isChanged, booking } = asked.data;
  expect(isChanged).toBe(false);
  expect(proposal).toMatchObject({ action: 'reschedule', confirm: expect.stringMatching(/^[0-9A-Z]{8}$/) });
  expect([booking.localStart, proposal.becomes.localStart]).toEqual([
    '2027-03-09T10:00:00-06:00',
    '2027-03-11T14:00:00-06:00',
  ]);
  expect((await see(code)).localStart).toBe('2027-03-09T10:00:00-06:00');
  const done = await agent.do('reschedule_booking', { confirm: proposal.confirm });
  expect(done.say).toContain('It is booked: Facial with Ryan, Thursday, March 11, at 2:00 PM.');
  expect(await see(code)).toMatchObject({ code, localStart: '2027-03-11T14:00:00-06:00', provider: 'RYAN' });
});

test('the old time is free again, and the new one taken', async () => {
  const { code } = await agent.book('Wednesday at 10 am', { service: 'Botox' });
  const { confirm } = await propose('reschedule_booking', { code, when: 'Wednesday at 3 pm' });
  await agent.do('reschedule_booking', { confirm });
  await agent.book('Wednesday at 10 am', { service: 'Botox' });
  expect(
    await agent.call('create_booking', { service: 'Botox', when: 'Wednesday at 3 pm', guest: dana }),
  ).toMatchObject(refused('slot_taken'));
});

test('a time that can not be had is refused before anything is asked, with what can', async () => {
  await agent.book('Friday at 10 am', { service: 'Botox' });
  const { code } = await agent.book('Friday at 1 pm', { service: 'Botox' });
  const move = (when: string) => agent.call('reschedule_booking', { code, ...person, when });
  expect(await move('Friday at 10 am')).toMatchObject(refused('slot_taken', /I could offer/));
  expect(await move('Friday at 8 pm')).toMatchObject(refused('outside_hours', /I could offer/));
  expect(await move('Friday')).toMatchObject(refused('validation_failed', /What time/));
});

test('a cancellation is asked first, and is made once the caller has said yes', async () => {
  const { code } = await agent.book('Saturday at 10 am');
  const { say, data } = await agent.do('cancel_booking', { code, phone: '312-555-0100', reason: 'Ill' });
  expect(say).toBe('Shall I cancel Facial with Danielle, Saturday, March 13, at 10:00 AM?');
  expect((await see(code)).status).toBe('CONFIRMED');
  const done = await agent.do('cancel_booking', { confirm: data.proposal.confirm });
  expect(done.say).toMatch(/^It is cancelled: Facial with Danielle, Saturday/);
  expect((await see(code)).status).toBe('CANCELLED');
  const [event] = await t.database.sql(
    `SELECT e.reason, e.actor_type FROM booking_events e JOIN bookings b ON b.id = e.booking_id
     WHERE b.code = $1 AND e.action = 'cancel'`,
    [code],
  );
  expect(event).toEqual({ reason: 'Ill', actor_type: 'AGENT' });
  // Asked once more, there is nothing to ask.
  expect((await agent.do('cancel_booking', { code, ...person })).data).toMatchObject({
    booking: { status: 'CANCELLED' },
  });
});

test('a token is good once, in whatever spelling', async () => {
  const { code } = await agent.book('2027-03-15 at 10 am');
  const { confirm } = await propose('reschedule_booking', { code, when: '2027-03-15 at 2 pm' });
  const spelled = `${confirm.slice(0, 4)}-${confirm.slice(4)}`.toLowerCase();
  await agent.do('reschedule_booking', { confirm: spelled });
  expect(await agent.call('reschedule_booking', { confirm })).toMatchObject(
    refused('proposal_invalid', /ask you again/),
  );
});

test('of many who confirm at once, one does', async () => {
  const { code } = await agent.book('2027-03-16 at 10 am');
  const { confirm } = await propose('cancel_booking', { code });
  const answers = await Promise.all(Array.from({ length: 10 }, () => agent.call('cancel_booking', { confirm })));
  expect(answers.filter(({ body }) => body.ok)).toHaveLength(1);
});

test('a repeat of the call that confirmed gets its answer again', async () => {
  const { code } = await agent.book('2027-03-17 at 10 am');
  const { confirm } = await propose('reschedule_booking', { code, when: '2027-03-17 at 2 pm' });
  const headers = { 'idempotency-key': 'call_confirm' };
  const first = await agent.call('reschedule_booking', { confirm }, { headers });
  const second = await agent.call('reschedule_booking', { confirm }, { headers });
  expect(first.body).toMatchObject({ ok: true, data: { isChanged: true } });
  expect(second.body).toEqual(first.body);
  expect(second.headers['idempotent-replayed']).toBe('true');
});

test('a token ends after ten minutes', async () => {
  const { code } = await agent.book('2027-03-18 at 10 am');
  const { confirm } = await propose('cancel_booking', { code });
  await travelTo(t.database, '2027-03-08T15:11:00Z');
  expect(await agent.call('cancel_booking', { confirm })).toMatchObject(refused('proposal_invalid'));
  expect((await see(code)).status).toBe('CONFIRMED');
});

test('a booking that has changed since is asked about anew', async () => {
  const { code } = await agent.book('2027-03-19 at 10 am');
  const move = await propose('reschedule_booking', { code, when: '2027-03-19 at 2 pm' });
  const { confirm } = await propose('cancel_booking', { code });
  await agent.do('reschedule_booking', { confirm: move.confirm });
  expect(await agent.call('cancel_booking', { confirm })).toMatchObject(refused('version_conflict', /has changed/));
});

test('a token confirms what it was made for: its action, its booking, its key', async () => {
  const { code } = await agent.book('2027-03-22 at 10 am');
  const { confirm } = await propose('cancel_booking', { code });
  expect(await agent.call('reschedule_booking', { confirm })).toMatchObject(refused('proposal_invalid'));
  expect(await agent.call('cancel_booking', { confirm, code: 'BK-2027-9998' })).toMatchObject(
    refused('proposal_invalid'),
  );
  const { id } = await t.ctx.db.property.findUniqueOrThrow({ where: { slug: 'glow-medspa' } });
  const other = openAgent(t, 'glow-medspa', await makeKey(t, id));
  expect(await other.call('cancel_booking', { confirm })).toMatchObject(refused('proposal_invalid'));
  expect((await agent.do('cancel_booking', { confirm, code })).data.booking.status).toBe('CANCELLED');
});

test('nothing is proposed for who does not know the guest', async () => {
  const { code } = await agent.book('2027-03-23 at 10 am');
  for (const tool of ['cancel_booking', 'reschedule_booking']) {
    const wrong = { code, lastName: 'Smith', ...(tool === 'reschedule_booking' && { when: 'Friday at 9' }) };
    expect(await agent.call(tool, wrong)).toMatchObject(refused('not_found'));
    expect(await agent.call(tool, { code })).toMatchObject(refused('validation_failed', /Which telephone number/));
  }
  const [{ count } = { count: null }] = await t.database.sql(
    `SELECT count(*) FROM agent_proposals p JOIN bookings b ON b.id = p.booking_id WHERE b.code = $1`,
    [code],
  );
  expect(count).toBe('0');
});

test('a dry run proposes without a token', async () => {
  const { code } = await agent.book('2027-03-24 at 10 am');
  const { data } = await agent.do('cancel_booking', { code, ...person }, { headers: { prefer: 'dry-run' } });
  expect(data.proposal.confirm).toBeNull();
});

test('tokens can not be read in the table', async () => {
  const { code } = await agent.book('2027-03-25 at 10 am');
  const { confirm } = await propose('cancel_booking', { code });
  const [row] = await t.database.sql(`SELECT string_agg(p::text, ' ') AS text FROM agent_proposals p`);
  expect(row?.['text']).not.toContain(confirm);
});
