import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ErrorCode } from '../../../src/errors.ts';
import { dana, openAgent, startOnMonday } from '../../support/spa/agent.ts';
import type { TestAgent } from '../../support/spa/agent.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { TestApp } from '../../support/server/app.ts';

let t: TestApp;
let agent: TestAgent;
/** A booking of Dana's. */
let known: string;

beforeAll(async () => {
  t = await startTestApp();
  agent = openAgent(t);
  await startOnMonday(t);
  known = (await agent.book('2027-03-15 at 4 pm')).code;
});
beforeEach(() => startOnMonday(t));
afterAll(() => t.close());

/** A refusal of the business kind: 200, not ok, with the problem anybody else would get. */
const refused = (code: ErrorCode, say: RegExp, members: object = {}) => ({
  status: 200,
  body: { ok: false, data: {}, say: expect.stringMatching(say), problem: { code, ...members } },
});
const asks = (path: string, say: RegExp) =>
  refused('validation_failed', say, { errors: expect.arrayContaining([expect.objectContaining({ path })]) });

test.each([
  { phone: '3125550100' },
  { phone: '(312) 555-0100' },
  { phone: '001 312 555 0100' },
  { lastName: 'ORTIZ' },
  { lastName: ' Ortíz ', phone: '999 999 9999' },
])('finds by code and %j', async (person) => {
  const { data } = await agent.do('find_booking', { code: known, ...person });
  expect(data.booking.code).toBe(known);
});

test('a code may come in the spelling of a caller', async () => {
  const { code } = await agent.book('2027-04-01 at 9 am');
  const spelled = code.toLowerCase().replaceAll('-', ' ');
  expect((await agent.do('find_booking', { code: spelled, lastName: 'Ortiz' })).data.booking.code).toBe(code);
});

test('tells nothing of the guest', async () => {
  const { code } = await agent.book('2027-04-02 at 9 am');
  const answer = JSON.stringify(await agent.do('find_booking', { code, lastName: 'Ortiz' }));
  for (const secret of ['dana@example.com', '555 0100', 'Dana']) expect(answer).not.toContain(secret);
});

test('a wrong code and a wrong person get the very same refusal', async () => {
  const { code } = await agent.book('2027-04-05 at 9 am');
  const ask = async (args: object) => {
    const { body } = await agent.call('find_booking', args);
    return { ...body, problem: { ...body.problem, instance: '' } };
  };
  const wrongCode = await ask({ code: 'BK-2027-9999', lastName: 'Ortiz' });
  expect(wrongCode).toMatchObject({ ok: false, problem: { code: 'not_found' } });
  expect(await ask({ code, lastName: 'Smith' })).toEqual(wrongCode);
  expect(await ask({ code, phone: '312 555 0199' })).toEqual(wrongCode);
});

test('another property’s booking is not found', async () => {
  const { code } = await agent.book('2027-04-06 at 9 am');
  expect(await openAgent(t, 'ember-hibachi').call('find_booking', { code, lastName: 'Ortiz' })).toMatchObject(
    refused('not_found', /can not find/),
  );
});

test('by telephone and surname together it lists what is to come, and no more than when', async () => {
  const nina = { firstName: 'Nina', lastName: 'O’Neil-Åberg', email: 'nina@example.com', phone: '+46 70 123 45 67' };
  await agent.book('2027-04-08 at 10 am', { guest: nina });
  await agent.book('2027-04-07 at 10 am', { guest: nina });
  const { say, data } = await agent.do('find_booking', { phone: '070-123 45 67', lastName: 'oneil aberg' });
  expect(say).toBe('I find Facial, Wednesday, April 7, at 10:00 AM and Facial, Thursday, April 8, at 10:00 AM.');
  expect(data.bookings.map(Object.keys)).toEqual([
    ['code', 'title', 'startsAt', 'localStart'],
    ['code', 'title', 'startsAt', 'localStart'],
  ]);
});

test.each([
  ['Sørensen', 'Sorensen', '9 am'],
  ['Wałęsa', 'walesa', '11 am'],
  ['Strauß', 'Strauss', '1 pm'],
])('a surname that does not decompose is known as people say it: %s, %s', async (lastName, said, time) => {
  const guest = { ...dana, lastName, email: `${said}@example.com` };
  const { code } = await agent.book(`2027-04-12 at ${time}`, { guest });
  expect(await agent.do('find_booking', { code, lastName: said })).toMatchObject({ data: { booking: { code } } });
  const { data } = await agent.do('find_booking', { phone: dana.phone, lastName: said });
  expect(data.bookings).toEqual([expect.objectContaining({ code })]);
});

test('asks for the other half when only one is said', async () => {
  expect(await agent.call('find_booking', { phone: dana.phone })).toMatchObject(asks('lastName', /Which surname/));
  expect(await agent.call('find_booking', { lastName: 'Ortiz' })).toMatchObject(
    asks('phone', /Which telephone number/),
  );
  expect(await agent.call('find_booking', {})).toMatchObject(asks('code', /Which booking code/));
  expect(await agent.call('find_booking', { phone: '312 555 0188', lastName: 'Ortiz' })).toMatchObject(
    refused('not_found', /find no booking/),
  );
});
