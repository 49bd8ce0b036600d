import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp } from '../../support/server/app.ts';
import type { TestApp } from '../../support/server/app.ts';
import { daysAhead } from '../../support/hotel/build.ts';
import { travelToNoon } from '../../support/database/clock.ts';
import { openDesk } from '../../support/hotel/desk.ts';
import type { Desk } from '../../support/hotel/desk.ts';
import { dumpTables } from '../../support/database/tables.ts';

let t: TestApp;
let desk: Desk;
let secrets: string[];

/** A word that occurs nowhere but where we put it. */
const canary = (name: string) => `Canary${name}`;
const personOf = (name: string, phone: string) => ({
  firstName: canary(`${name}First`),
  lastName: canary(`${name}Last`),
  email: `${canary(`${name}Mail`).toLowerCase()}@example.com`,
  phone,
});
const guest = personOf('Guest', '+353 86 555 0101');
const booker = personOf('Booker', '+353 86 555 0102');
const friend = personOf('Friend', '+353 86 555 0103');
const PHONES = ['555 0101', '555 0102', '555 0103', '5550101', '5550102', '5550103'];
const texts = { request: canary('Request'), note: canary('Note'), reference: canary('Reference') };
const password = canary('Password');

/** Everything a booking can go through, with canaries wherever text is taken, refusals and failures included. */
beforeAll(async () => {
  t = await startTestApp({ LOG_LEVEL: 'trace' });
  desk = await openDesk(t, { rooms: 3, property: { approval: 'STAFF', paymentPolicy: 'NONE' } });
  const nights = { checkIn: daysAhead(10), checkOut: daysAhead(11) };
  const party = [{ role: 'COMPANION', ...friend }];
  const wish = { ...nights, guest, booker, party, specialRequests: texts.request };
  const headers = { 'idempotency-key': 'canary-key----------' };
  const first = await desk.book(wish);
  const body = { roomType: 'ROOM', ...wish };
  const keyed = await t.call('POST', `${desk.hotel.path}/bookings`, { body, headers });
  await t.call('POST', `${desk.hotel.path}/bookings`, { body, headers });
  const declined = (await desk.book(wish)).code;
  const refusedByStock = await t.call('POST', `${desk.hotel.path}/bookings`, { body });
  const refusedByShape = await t.call('POST', `${desk.hotel.path}/bookings`, { body: { ...body, vip: true } });
  expect([refusedByStock.status, refusedByShape.status]).toEqual([409, 400]);
  await desk.act(declined, 'decline', { reasonCode: 'NO_CAPACITY', note: texts.note });
  await desk.act(first.code, 'approve');
  await desk.act(first.code, 'payments', { method: 'CASH', amount: 5_000, reference: texts.reference });
  await desk.act(first.code, 'assign-room', { room: '101' });
  await travelToNoon(t.database, nights.checkIn);
  await desk.act(first.code, 'check-in', { override: texts.note });
  await desk.act(first.code, 'check-out', { waiveBalance: texts.note });
  await desk.call('GET', `/bookings?q=${encodeURIComponent(guest.phone)}`);
  const token = keyed.body.guestToken as string;
  await t.call('POST', '/v1/guest/booking/cancel', { token, body: { reason: texts.note } });
  const login = (email: string, word: string) => t.call('POST', '/v1/auth/login', { body: { email, password: word } });
  await login(guest.email, password);
  const session = (await login('owner@harbour-hotel.example', 'holdfast-demo')).body;
  const refresh = { body: { refreshToken: session.refreshToken } };
  const renewed = await t.call('POST', '/v1/auth/refresh', refresh);
  await t.call('POST', '/v1/auth/refresh', refresh);
  // A failure of ours in the middle of writing a person must not spill the row.
  await t.database.sql('ALTER TABLE party_members ADD CONSTRAINT nobody CHECK (false) NOT VALID');
  const failed = await t.call('POST', `${desk.hotel.path}/bookings`, {
    body: { ...body, checkIn: daysAhead(20), checkOut: daysAhead(21) },
  });
  expect(failed.status).toBe(500);
  await t.database.sql('ALTER TABLE party_members DROP CONSTRAINT nobody');
  secrets = [
    ...[first.guestToken, token, session.accessToken, session.refreshToken, renewed.body.refreshToken, desk.token],
    ...[password, 'holdfast-demo', ...Object.values(texts), ...PHONES],
    ...[guest, booker, friend].flatMap((person) => Object.values(person)),
  ];
});
afterAll(() => t.close());

test('nothing personal and nothing secret is logged, not even at the most talkative level', () => {
  const log = JSON.stringify(t.logged);
  expect(t.logged.map(({ event }) => event)).toContain('booking/create');
  expect(t.logged.map(({ msg }) => msg)).toContain('internal_error');
  for (const secret of secrets) expect(log).not.toContain(secret);
});

test('events carry codes and first names of staff, and nothing personal of guests', async () => {
  const { outbox_messages: outbox } = await dumpTables(t.database);
  expect(outbox).toContain('booking_checked_out');
  for (const secret of secrets) expect(outbox).not.toContain(secret);
});

test('telephone numbers can not be read in any table', async () => {
  for (const [table, text] of Object.entries(await dumpTables(t.database))) {
    for (const phone of PHONES)
      expect({ table, isReadable: text.includes(phone) }).toEqual({ table, isReadable: false });
  }
});

test('tokens and passwords can not be read in any table', async () => {
  const dump = Object.values(await dumpTables(t.database)).join('\n');
  for (const secret of secrets.slice(0, 8)) expect(dump).not.toContain(secret);
});

test('one who books for others is not in the tables in clear, but for the customer record', async () => {
  const { bookings = '', party_members: members = '' } = await dumpTables(t.database);
  for (const text of [booker.email, booker.lastName]) expect(bookings + members).not.toContain(text);
});

test('a guest’s answers name nothing that is between the staff', async () => {
  const { guestToken } = await desk.book({ checkIn: daysAhead(30), checkOut: daysAhead(31) });
  const answer = await t.call('GET', '/v1/guest/booking', { token: guestToken });
  expect(JSON.stringify(answer.body)).not.toContain('Sam');
});
