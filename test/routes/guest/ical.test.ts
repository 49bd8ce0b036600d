import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildApp } from '../../../src/app.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { Answer, TestApp } from '../../support/server/app.ts';
import { daysAhead, guest } from '../../support/hotel/build.ts';
import { hire } from '../../support/hotel/desk.ts';
import { refusal } from '../../support/http/problems.ts';
import { DRY_RUN, everyDay, openSpa } from '../../support/spa/spa.ts';
import type { Spa } from '../../support/spa/spa.ts';

let t: TestApp;
let spa: Spa;

beforeAll(async () => {
  t = await startTestApp();
  spa = await openSpa(t);
  await spa.putHours({ weekly: everyDay('09:00', '18:00') });
});
afterAll(() => t.close());

const pathOf = ({ body }: Answer): string => new URL(body.url).pathname;
const subscribe = async (provider = 'ANNA', at = spa): Promise<string> => {
  const answer = await at.call('POST', `/providers/${provider}/calendar-link`, { body: {} });
  expect(answer).toMatchObject({ status: 201, headers: { 'cache-control': 'no-store' } });
  return pathOf(answer);
};
const book = async (startsAt: string, at = spa) => {
  const body = { kind: 'APPOINTMENT', service: 'FACIAL', provider: 'ANNA', startsAt, guest };
  const answer = await t.call('POST', `${at.hotel.path}/bookings`, { body });
  expect(answer.status).toBe(201);
  return answer.body;
};
/** The lines of a calendar, unfolded. */
const read = async (path: string, token?: string): Promise<string[]> => {
  const { status, headers, body } = await t.call('GET', path, { ...(token !== undefined && { token }) });
  expect(status).toBe(200);
  expect(headers['content-type']).toBe('text/calendar; charset=utf-8');
  return (body as unknown as string).replaceAll('\r\n ', '').split('\r\n');
};
const spell = (instant: string) => instant.replaceAll(/[-:]|\.\d+/g, '');

test('a provider’s calendar has what they do, when, and an initial; nothing else of the guest', async () => {
  const { booking } = await book(`${daysAhead(20)}T10:00`);
  const lines = await read(await subscribe());
  expect(lines).toEqual(
    expect.arrayContaining([
      ...[`UID:${booking.code}@${spa.hotel.slug}`, 'SEQUENCE:1', 'STATUS:CONFIRMED', String.raw`SUMMARY:Facial\, A.`],
      ...[`DTSTART:${spell(booking.startsAt)}`, `DTEND:${spell(booking.endsAt)}`],
      `DTSTAMP:${spell(booking.updatedAt)}`,
    ]),
  );
  expect(lines.join('\n')).not.toMatch(/Aoife|Byrne|aoife|555/);
});

test('a booking that changed is the same entry with a higher sequence', async () => {
  const path = await subscribe();
  const { booking, guestToken } = await book(`${daysAhead(21)}T10:00`);
  const uid = `UID:${booking.code}@${spa.hotel.slug}`;
  await t.call('POST', '/v1/guest/booking/cancel', { token: guestToken, body: {} });
  const lines = await read(path);
  const at = lines.indexOf(uid);
  expect(lines.slice(at, lines.indexOf('END:VEVENT', at))).toEqual(
    expect.arrayContaining(['SEQUENCE:2', 'STATUS:CANCELLED', 'TRANSP:TRANSPARENT']),
  );
  expect(lines.filter((line) => line === uid)).toHaveLength(1);
});

test('what waits for a decision is tentative; what nobody paid for, or is long over, is not there', async () => {
  const here = await openSpa(t);
  const path = await subscribe('ANNA', here);
  const waiting = await here.appoint('2027-05-18T15:00:00Z', { booking: { status: 'PENDING_APPROVAL' } });
  const expired = await here.appoint('2027-05-18T18:00:00Z', {
    booking: { status: 'PENDING_PAYMENT', expires_at: new Date() },
  });
  await t.database.sql(`UPDATE bookings SET status = 'EXPIRED' WHERE code = $1`, [expired]);
  const old = await here.appoint('2020-05-18T15:00:00Z');
  const ben = await here.appoint('2027-05-18T15:00:00Z', { provider: 'BEN' });
  const lines = await read(path);
  expect(lines).toEqual(expect.arrayContaining([`UID:${waiting}@${here.hotel.slug}`, 'STATUS:TENTATIVE']));
  for (const code of [expired, old, ben]) expect(lines).not.toContain(`UID:${code}@${here.hotel.slug}`);
  expect(lines.filter((line) => line === 'BEGIN:VEVENT')).toHaveLength(1);
});

test('a new link closes the one before, and revoking closes it for good', async () => {
  const [first, second] = [await subscribe('BEN'), await subscribe('BEN')];
  expect(await t.call('GET', first)).toMatchObject(refusal('not_found'));
  expect((await t.call('GET', second)).status).toBe(200);
  const revoke = () => spa.call('DELETE', '/providers/BEN/calendar-link', { body: {} });
  expect(await revoke()).toMatchObject({ status: 200, body: { revoked: true } });
  expect(await revoke()).toMatchObject({ status: 200, body: { revoked: false } });
  expect(await t.call('GET', second)).toMatchObject(refusal('not_found'));
});

test('a link is stored and logged nowhere', async () => {
  const path = await subscribe();
  await t.call('GET', path);
  await t.call('GET', path.replace('.ics', 'x.ics'));
  const token = path.split('/').at(-1)?.replace('.ics', '') ?? '';
  expect(token).toMatch(/^[\w-]{43}$/);
  const rows = await t.database.sql('SELECT * FROM providers');
  expect(JSON.stringify([rows, t.logged])).not.toContain(token);
});

test('a repeat with the same key gets the same link; a dry run makes none and leaves the old one', async () => {
  const path = await subscribe();
  const post = (headers: Record<string, string>) =>
    spa.call('POST', '/providers/ANNA/calendar-link', { body: {}, headers });
  expect((await post(DRY_RUN)).body).toEqual({ url: null });
  expect((await t.call('GET', path)).status).toBe(200);
  const key = { 'idempotency-key': 'calendar-1' };
  expect((await post(key)).body).toEqual((await post(key)).body);
});

test('only who may change the catalogue gives a link away, and only of a provider there is', async () => {
  const token = await hire(t, spa.hotel.propertyId, 'FRONT_DESK');
  const path = `${spa.path}/providers/ANNA/calendar-link`;
  for (const method of ['POST', 'DELETE'] as const) {
    expect(await t.call(method, path, { token, body: {} })).toMatchObject(refusal('forbidden'));
    const nobody = await spa.call(method, '/providers/NOBODY/calendar-link', { body: {} });
    expect(nobody).toMatchObject(refusal('not_found'));
  }
});

test('guessing at links is limited, however few there are to guess', async () => {
  const app = await buildApp({ ...t.ctx, config: { ...t.ctx.config, RATE_LIMIT_SCALE: 0.05 } });
  const statuses: number[] = [];
  for (let guess = 0; guess < 5; guess += 1) {
    statuses.push((await app.inject({ url: `/calendars/guess-${String(guess)}.ics` })).statusCode);
  }
  await app.close();
  expect(statuses).toEqual([404, 404, 404, 429, 429]);
});

test('a guest downloads an appointment by its instants', async () => {
  const { booking, guestToken } = await book(`${daysAhead(22)}T10:00`);
  const lines = await read('/v1/guest/booking/calendar.ics', guestToken);
  expect(lines).toEqual(
    expect.arrayContaining([
      ...[`UID:${booking.code}@${spa.hotel.slug}`, 'SEQUENCE:1', String.raw`SUMMARY:Facial\, Test hotel`],
      ...[`DTSTART:${spell(booking.startsAt)}`, `DTEND:${spell(booking.endsAt)}`, 'STATUS:CONFIRMED'],
    ]),
  );
});

test('a guest downloads a stay by its dates, tentative until it is paid', async () => {
  const here = await openSpa(t);
  const [from, to] = [daysAhead(30), daysAhead(33)];
  await t.database.sql(`UPDATE properties SET payment_policy = 'FULL' WHERE id = $1`, [here.hotel.propertyId]);
  const { guestToken } = await here.book({ checkIn: from, checkOut: to });
  const lines = await read('/v1/guest/booking/calendar.ics', guestToken);
  const dates = [`DTSTART;VALUE=DATE:${from.replaceAll('-', '')}`, `DTEND;VALUE=DATE:${to.replaceAll('-', '')}`];
  expect(lines).toEqual(expect.arrayContaining([...dates, 'STATUS:TENTATIVE']));
  expect(await t.call('GET', '/v1/guest/booking/calendar.ics')).toMatchObject(refusal('unauthorized'));
});
