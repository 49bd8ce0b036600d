import { afterAll, beforeAll, expect, test } from 'vitest';
import { roomChannel } from '../../../src/domain/feed/events.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { CallOptions, TestApp } from '../../support/server/app.ts';
import { daysAhead } from '../../support/hotel/build.ts';
import { hire, openDesk } from '../../support/hotel/desk.ts';
import type { Desk } from '../../support/hotel/desk.ts';
import { invalid, refusal } from '../../support/http/problems.ts';
import { connectPusher, openPusherSandbox } from '../../support/sandbox/pusher-sandbox.ts';
import type { PusherTestSandbox } from '../../support/sandbox/pusher-sandbox.ts';

const SOCKET = '12345.67890';

let sandbox: PusherTestSandbox;
let t: TestApp;
let mine: Desk;
let theirs: Desk;
let booked: { code: string; guestToken: string };
let other: { code: string; guestToken: string };

beforeAll(async () => {
  sandbox = await openPusherSandbox();
  const { appId, key, secret, url } = sandbox;
  const names = { PUSHER_APP_ID: appId, PUSHER_KEY: key, PUSHER_SECRET: secret, PUSHER_HOST: url };
  t = await startTestApp({ ...names, LOG_LEVEL: 'warn' });
  mine = await openDesk(t, { rooms: 10 });
  theirs = await openDesk(t, { rooms: 10 });
  await mine.call('POST', '/rooms', { body: { number: '12-b .', roomType: 'ROOM' } });
  booked = await mine.book();
  other = await theirs.book();
});
afterAll(async () => {
  await t.close();
  await sandbox[Symbol.asyncDispose]();
});

const ask = (channel: string, token: string, options: CallOptions = {}) =>
  t.call('POST', '/v1/realtime/auth', { token, body: { socket_id: SOCKET, channel_name: channel }, ...options });
const signed = (channel: string) => connectPusher(sandbox).authorizeChannel(SOCKET, channel).auth;
const forbidden = (channel: string) => refusal('forbidden', { detail: `This channel is not yours: ${channel}.` });
const privateOf = ({ hotel: { slug } }: Desk) => ({
  hotel: `private-hotel-${slug}`,
  staff: `private-staff-${slug}`,
  room: `private-room-${slug}-101`,
});

test('the signature is what the service’s own SDK computes, for a form as for JSON', async () => {
  const channel = privateOf(mine).hotel;
  const form = await t.app.inject({
    method: 'POST',
    url: '/api/v1/realtime/auth',
    headers: { authorization: `Bearer ${mine.token}`, 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams({ socket_id: SOCKET, channel_name: channel }).toString(),
  });
  expect({ status: form.statusCode, body: form.json() }).toEqual({ status: 200, body: { auth: signed(channel) } });
  expect(await ask(channel, mine.token)).toMatchObject({ status: 200, body: { auth: signed(channel) } });
});

test.each(['OWNER', 'MANAGER', 'FRONT_DESK', 'VIEWER'] as const)('%s hears what goes on in the house', async (role) => {
  const token = await hire(t, mine.hotel.propertyId, role);
  const odd = roomChannel(mine.hotel.slug, '12-b .');
  for (const channel of [...Object.values(privateOf(mine)), `private-booking-${booked.code}`, odd]) {
    expect(await ask(channel, token)).toMatchObject({ status: 200, body: { auth: signed(channel) } });
  }
});

test('housekeeping hears of rooms and of nothing else', async () => {
  const token = await hire(t, mine.hotel.propertyId, 'HOUSEKEEPING');
  const { hotel, staff, room } = privateOf(mine);
  expect((await ask(room, token)).status).toBe(200);
  for (const channel of [hotel, staff, `private-booking-${booked.code}`]) {
    expect(await ask(channel, token)).toMatchObject(forbidden(channel));
  }
});

/** Channels that are not the hotel's, or that are no channels, each as the hotel's owner or guest may name them. */
const STRANGE: readonly (readonly [string, () => string])[] = [
  ['another hotel', () => privateOf(theirs).hotel],
  ['another hotel’s staff', () => privateOf(theirs).staff],
  ['another hotel’s room', () => privateOf(theirs).room],
  ['another hotel’s booking', () => `private-booking-${other.code}`],
  ['no hotel', () => 'private-hotel-no-such-place'],
  ['no room', () => `private-room-${mine.hotel.slug}-999`],
  ['no booking', () => 'private-booking-BK-2026-999999999'],
  ['all that anybody may hear', () => `hotel-${mine.hotel.slug}-public`],
  ['a kind there is not', () => `private-money-${mine.hotel.slug}`],
  ['a presence channel', () => `presence-hotel-${mine.hotel.slug}`],
  ['an encrypted channel', () => `private-encrypted-hotel-${mine.hotel.slug}`],
  ['more than a name', () => `${privateOf(mine).hotel}-101`],
  ['less than a name', () => privateOf(mine).hotel.slice(0, -1)],
  ['another spelling', () => privateOf(mine).hotel.toUpperCase()],
  ['a room without a number', () => `private-room-${mine.hotel.slug}-`],
  ['a room that is spelled otherwise', () => `private-room-${mine.hotel.slug}-=31=01`],
  ['nothing but the kind', () => 'private-booking-'],
];

test.each(STRANGE)('staff do not hear %s', async (_, name) => {
  expect(await ask(name(), mine.token)).toMatchObject(forbidden(name()));
});

test.each([
  ...STRANGE,
  ['the house they stay in', () => privateOf(mine).hotel],
  ['its staff', () => privateOf(mine).staff],
  ['its rooms', () => privateOf(mine).room],
] as const)('a guest does not hear %s', async (_, name) => {
  expect(await ask(name(), booked.guestToken)).toMatchObject(forbidden(name()));
});

test('a hotel whose name and room number together spell another’s room does not hear it', async () => {
  const { slug } = mine.hotel;
  const cut = slug.lastIndexOf('-');
  const evil = await openDesk(t, { property: { slug: slug.slice(0, cut) } });
  const number = `${slug.slice(cut + 1)}-101`;
  const path = `/v1/staff/properties/${slug.slice(0, cut)}/rooms`;
  const room = { number, roomType: 'ROOM' };
  expect(await t.call('POST', path, { token: evil.token, body: room })).toMatchObject({ status: 201 });
  expect(await ask(privateOf(mine).room, evil.token)).toMatchObject(forbidden(privateOf(mine).room));
  expect((await ask(roomChannel(slug.slice(0, cut), number), evil.token)).status).toBe(200);
});

test('a guest hears their own booking, and no other of the same house', async () => {
  const neighbour = await mine.book({ checkIn: daysAhead(50), checkOut: daysAhead(51) });
  const [own, next] = [`private-booking-${booked.code}`, `private-booking-${neighbour.code}`];
  expect(await ask(own, booked.guestToken)).toMatchObject({ status: 200, body: { auth: signed(own) } });
  expect(await ask(next, booked.guestToken)).toMatchObject(forbidden(next));
});

test.each([
  ['does not open anything', "capabilities = '{PAY}'", 403],
  ['is over', "expires_at = app_now() - interval '1 second'", 401],
  ['was taken back', 'revoked_at = app_now()', 401],
])('a guest’s link that %s opens no channel', async (_, set, status) => {
  const { code, guestToken } = await mine.book({ checkIn: daysAhead(60), checkOut: daysAhead(61) });
  const channel = `private-booking-${code}`;
  expect((await ask(channel, guestToken)).status).toBe(200);
  await t.database.sql(`UPDATE guest_tokens SET ${set} WHERE booking_id = (SELECT id FROM bookings WHERE code = $1)`, [
    code,
  ]);
  expect((await ask(channel, guestToken)).status).toBe(status);
});

test.each([
  ['nobody', ''],
  ['nonsense', 'nonsense'],
  ['a forged token', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiIsImlzcyI6ImhvbGRmYXN0In0.'],
])('%s is asked to say who they are', async (_, token) => {
  expect(await ask(privateOf(mine).hotel, token)).toMatchObject(refusal('unauthorized'));
});

test('somebody who works nowhere, and a platform administrator who works elsewhere, hear nothing', async () => {
  for (const email of ['admin@holdfast.example', 'owner@harbour-hotel.example']) {
    const token = await t.tokenFor(email);
    for (const channel of Object.values(privateOf(mine))) {
      expect(await ask(channel, token)).toMatchObject(forbidden(channel));
    }
  }
});

test('who no longer works there no longer hears', async () => {
  const token = await hire(t, mine.hotel.propertyId, 'MANAGER');
  expect((await ask(privateOf(mine).hotel, token)).status).toBe(200);
  await t.database.sql(`DELETE FROM memberships WHERE role = 'MANAGER' AND property_id = $1`, [mine.hotel.propertyId]);
  expect(await ask(privateOf(mine).hotel, token)).toMatchObject(refusal('forbidden'));
});

test.each([
  [{ channel_name: 'c' }, 'socket_id'],
  [{ socket_id: SOCKET }, 'channel_name'],
  [{ socket_id: '1', channel_name: 'c' }, 'socket_id'],
  [{ socket_id: '1.2:private-hotel-x', channel_name: 'c' }, 'socket_id'],
  [{ socket_id: '1.2\n', channel_name: 'c' }, 'socket_id'],
  [{ socket_id: `${'1'.repeat(21)}.1`, channel_name: 'c' }, 'socket_id'],
  [{ socket_id: SOCKET, channel_name: '' }, 'channel_name'],
  [{ socket_id: SOCKET, channel_name: 'private-hotel-x y' }, 'channel_name'],
  [{ socket_id: SOCKET, channel_name: 'private-hotel-x:{"user_id":"1"}' }, 'channel_name'],
  [{ socket_id: SOCKET, channel_name: 'c'.repeat(165) }, 'channel_name'],
  [{ socket_id: SOCKET, channel_name: 'c\u0000' }, 'channel_name'],
  [{ socket_id: SOCKET, channel_name: ['private-hotel-x'] }, 'channel_name'],
  [{ socket_id: SOCKET, channel_name: 'c', channel_data: '{}' }, 'channel_data'],
])('%j is refused, with the place', async (body, path) => {
  expect(await ask('', mine.token, { body })).toMatchObject(invalid(path));
});

test('where no realtime service is configured, there is nothing to ask', async () => {
  const without = await startTestApp();
  const token = await without.tokenFor('owner@harbour-hotel.example');
  const body = { socket_id: SOCKET, channel_name: 'private-hotel-harbour-hotel' };
  expect(await without.call('POST', '/v1/realtime/auth', { token, body })).toMatchObject(refusal('not_found'));
  await without.close();
});
