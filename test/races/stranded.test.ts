import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp } from '../support/app.ts';
import type { Answer, TestApp } from '../support/app.ts';
import { everyDay, openSpa, strandedCodes } from '../support/spa.ts';
import type { Spa } from '../support/spa.ts';

let t: TestApp;

beforeAll(async () => {
  t = await startTestApp();
});
afterAll(() => t.close());

/** What a change answers that meets an appointment with ANNA, as it is being made by somebody who has her locked. */
async function changeWhileBooked(here: Spa, code: string, change: (here: Spa) => Promise<Answer>): Promise<Answer> {
  const other = new pg.Client({ connectionString: t.database.url });
  await other.connect();
  try {
    await other.query('BEGIN');
    const lock = `SELECT FROM providers WHERE property_id = $1 AND code = 'ANNA' FOR NO KEY UPDATE`;
    await other.query(lock, [here.hotel.propertyId]);
    const answer = change(here);
    const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    while ((await t.database.sql(waiting)).length === 0);
    await other.query(
      'UPDATE appointments a SET is_live = true FROM bookings b WHERE b.id = a.booking_id AND b.code = $1',
      [code],
    );
    await other.query('COMMIT');
    return await answer;
  } finally {
    await other.end();
  }
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
