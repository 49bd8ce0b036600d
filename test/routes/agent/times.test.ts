import { afterAll, beforeAll, expect, test } from 'vitest';
import { openAgent } from '../../support/spa/agent.ts';
import type { TestAgent } from '../../support/spa/agent.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { TestApp } from '../../support/server/app.ts';
import { travelTo } from '../../support/database/clock.ts';

// What a caller says means a day and a time where the property is, whatever the clock of the server.

let t: TestApp;
let agent: TestAgent;

beforeAll(async () => {
  t = await startTestApp();
  agent = openAgent(t);
});
afterAll(() => t.close());

test.each([
  // Asked on a Tuesday, it is the next one.
  ['2027-03-09T15:00:00Z', 'next Tuesday at 3 pm', 'Tuesday, March 16, at 3:00 PM', '2027-03-16T15:00:00-05:00'],
  [
    '2027-03-08T15:00:00Z',
    'next Tuesday at 3 pm',
    'tomorrow, Tuesday, March 9, at 3:00 PM',
    '2027-03-09T15:00:00-06:00',
  ],
  // In Chicago it is still Monday, late, and Tuesday in UTC.
  ['2027-03-09T05:30:00Z', 'tomorrow at 10 am', 'tomorrow, Tuesday, March 9, at 10:00 AM', '2027-03-09T10:00:00-06:00'],
  ['2027-03-09T05:30:00Z', 'Tuesday at 11 am', 'tomorrow, Tuesday, March 9, at 11:00 AM', '2027-03-09T11:00:00-06:00'],
  // Half an hour later it is Tuesday there too.
  [
    '2027-03-09T06:30:00Z',
    'tomorrow at 10 am',
    'tomorrow, Wednesday, March 10, at 10:00 AM',
    '2027-03-10T10:00:00-06:00',
  ],
  ['2027-03-09T06:30:00Z', 'next Tuesday at 10 am', 'Tuesday, March 16, at 10:00 AM', '2027-03-16T10:00:00-05:00'],
  // The clocks go forward in the night to March 14, and back in the night to November 7.
  ['2027-03-12T18:00:00Z', 'Monday at 9:30', 'Monday, March 15, at 9:30 AM', '2027-03-15T09:30:00-05:00'],
  ['2027-03-13T18:00:00Z', 'tomorrow at noon', 'tomorrow, Sunday, March 14, at 12:00 PM', '2027-03-14T12:00:00-05:00'],
  ['2027-11-05T18:00:00Z', 'Monday at 9:30', 'Monday, November 8, at 9:30 AM', '2027-11-08T09:30:00-06:00'],
  // Into another year.
  ['2027-12-30T18:00:00Z', 'January 3 at 2', 'Monday, January 3, 2028, at 2:00 PM', '2028-01-03T14:00:00-06:00'],
])('at %s "%s" is read back as %s', async (now, when, spoken, localStart) => {
  await travelTo(t.database, now);
  const quote = await agent.do('get_quote', { service: 'Botox', when });
  expect(quote.say).toContain(`Botox, ${spoken}, is $200.00`);
  expect(quote.data.startsAt).toBe(localStart);
  const { localStart: booked } = await agent.book(when, { service: 'Botox', guest: someone() });
  expect(booked).toBe(localStart);
});

test('day and time may come apart, and must not contradict an exact start', async () => {
  await travelTo(t.database, '2027-04-05T15:00:00Z');
  const start = async (args: object) => (await agent.do('get_quote', { service: 'Botox', ...args })).data.startsAt;
  const wednesday = '2027-04-07T15:00:00-05:00';
  expect(await start({ date: 'Wednesday', time: '3 pm' })).toBe(wednesday);
  expect(await start({ date: '2027-04-07', time: '15:00' })).toBe(wednesday);
  expect(await start({ startsAt: '2027-04-07T15:00' })).toBe(wednesday);
  expect(await start({ startsAt: '2027-04-07T20:00:00Z' })).toBe(wednesday);
  expect(await start({ startsAt: '2027-04-07T15:00', when: 'Wednesday at three' })).toBe(wednesday);
  expect(await start({ startsAt: '2027-04-07T15:00', date: 'Wednesday' })).toBe(wednesday);
});

let count = 0;
/** Nobody holds more than one thing. */
function someone() {
  count += 1;
  return { firstName: 'Ann', lastName: 'Other', email: `ann-${String(count)}@example.com` };
}
