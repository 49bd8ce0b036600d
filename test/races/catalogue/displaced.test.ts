import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addDays } from '../../../src/domain/time/calendar.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { Answer, TestApp } from '../../support/server/app.ts';
import { NINE_TO_SIX, NOW, staffSpa, TODAY } from '../../support/spa/build-spa.ts';
import type { StaffedSpa } from '../../support/spa/build-spa.ts';
import { travelTo } from '../../support/database/clock.ts';
import { refusal } from '../../support/http/problems.ts';
import { everyDay, openSpa, strandedCodes } from '../../support/spa/spa.ts';
import type { Spa } from '../../support/spa/spa.ts';

let t: TestApp;

beforeAll(async () => {
  t = await startTestApp();
  await travelTo(t.database, NOW);
});
afterAll(() => t.close());

/** Locks a property's providers while `work` runs; commits, and lets all who wait go on, when that is done. */
async function withProvidersLocked<T>(propertyId: string, work: (other: pg.Client) => Promise<T>): Promise<T> {
  const other = new pg.Client({ connectionString: t.database.url });
  await other.connect();
  try {
    await other.query('BEGIN');
    await other.query('SELECT FROM providers WHERE property_id = $1 FOR NO KEY UPDATE', [propertyId]);
    const result = await work(other);
    await other.query('COMMIT');
    return result;
  } finally {
    await other.end();
  }
}

async function untilWaiting(count: number): Promise<void> {
  const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  while ((await t.database.sql(waiting)).length < count);
}

/** What a change answers that meets an appointment with ANNA, as it is being made by somebody who has her locked. */
async function changeWhileBooked(here: Spa, code: string, change: (here: Spa) => Promise<Answer>): Promise<Answer> {
  const { answer } = await withProvidersLocked(here.hotel.propertyId, async (other) => {
    const begun = { answer: change(here) };
    await untilWaiting(1);
    const made = 'UPDATE appointments a SET is_live = true FROM bookings b WHERE b.id = a.booking_id AND b.code = $1';
    await other.query(made, [code]);
    return begun;
  });
  return answer;
}

const patch = (path: string, body: object) => (here: Spa) => here.call('PATCH', path, { body });
test.each([
  ['ends the service', patch('/services/FACIAL', { isActive: false })],
  ['takes the provider off the service', patch('/services/FACIAL', { providers: ['BEN'] })],
  ['takes the service off the provider', patch('/providers/ANNA', { services: ['PEEL'] })],
  ['sends the provider away', patch('/providers/ANNA', { isActive: false })],
  ['closes the hours', (here: Spa) => here.putHours({ weekly: everyDay('18:00', '20:00') })],
  [
    'takes time off',
    (here: Spa) =>
      here.call('POST', '/providers/ANNA/time-off', {
        body: { startsAt: '2050-02-01T08:00', endsAt: '2050-02-01T12:00' },
      }),
  ],
] as const)('who %s hears of an appointment that was just being made', async (_, change) => {
  const here = await openSpa(t);
  const code = await here.appoint('2050-02-01T15:00Z', { row: { is_live: false } });
  expect(strandedCodes(await changeWhileBooked(here, code, change))).toEqual([code]);
});

const TOMORROW = addDays(TODAY, 1);
const at = (hour: string) => `${TOMORROW}T${hour}`;
const timeOff = { startsAt: at('13:00'), endsAt: at('17:00') };
const changes = [
  ['time off', 'POST', '/providers/DANIELLE/time-off', timeOff, 'slot_taken'],
  ['closed hours', 'PUT', '/providers/DANIELLE/hours', { weekly: [] }, 'outside_hours'],
  ['the hours of who was sent away', 'PATCH', '/providers/DANIELLE', { isActive: false }, 'outside_hours'],
  ['what its provider does no more', 'PATCH', '/providers/DANIELLE', { services: [] }, 'outside_hours'],
  ['a service that has ended', 'PATCH', '/services/FACIAL', { isActive: false }, 'not_found'],
] as const;
const asks = [
  ['booked', (spa: StaffedSpa) => spa.book({ startsAt: at('14:00') })],
  ['moved', (spa: StaffedSpa, code: string) => spa.act(code, 'reschedule', { startsAt: at('14:00') })],
] as const;
const orders = asks.flatMap(([verb, ask]) => changes.map((change) => [verb, change[0], ask, change] as const));
test.each(orders)('nobody is %s into %s, be it asked for before that was said', async (_, __, ask, change) => {
  const [, method, path, body, code] = change;
  const spa = await staffSpa(t, { providers: { DANIELLE: NINE_TO_SIX } });
  const early = await spa.booked({ startsAt: at('09:00') });
  // Both have read the hours; the change comes to the provider first.
  const { first, second } = await withProvidersLocked(spa.propertyId, async () => {
    const changing = spa.call(method, path, { body });
    await untilWaiting(1);
    const asking = ask(spa, early.code);
    await untilWaiting(2);
    return { first: changing, second: asking };
  });
  const left = code === 'slot_taken' ? [] : [early.code];
  expect(strandedCodes(await first)).toEqual(left);
  expect(await second).toMatchObject(refusal(code));
});
