import { afterAll, beforeAll, expect, test } from 'vitest';
import { addDays } from '../../../../src/domain/time/calendar.ts';
import { startTestApp } from '../../../support/server/app.ts';
import type { TestApp } from '../../../support/server/app.ts';
import { daysAhead } from '../../../support/hotel/build.ts';
import { travelToNoon } from '../../../support/database/clock.ts';
import { hire, openDesk } from '../../../support/hotel/desk.ts';
import type { Desk } from '../../../support/hotel/desk.ts';
import { refusal } from '../../../support/http/problems.ts';

let t: TestApp;
let desk: Desk;
let token: string;
let code: string;

const guest = { firstName: 'Orla', lastName: 'Nolan', email: 'orla@example.com', phone: '+353861234567' };
const booker = { firstName: 'Conor', lastName: 'Walsh', email: 'conor@example.com', phone: '+353867654321' };
const friend = { firstName: 'Padraig', lastName: 'Quinn', email: 'padraig@example.com', phone: '+353 87 111 2222' };
const nights = { checkIn: daysAhead(5), checkOut: daysAhead(8) };

beforeAll(async () => {
  t = await startTestApp();
  desk = await openDesk(t, { rooms: 1 });
  token = await hire(t, desk.hotel.propertyId, 'HOUSEKEEPING');
  const party = [{ role: 'COMPANION', ...friend }];
  code = await desk.confirm({ ...nights, guest, booker, party, specialRequests: 'A cot, please' });
  await desk.act(code, 'payments', { method: 'CASH', amount: 12_345, reference: 'till 7' });
  await desk.act(code, 'assign-room', { room: '101' });
  await travelToNoon(t.database, nights.checkIn);
});
afterAll(() => t.close());

test('housekeeping sees who has which room and what they wished for, and nothing else of a stay', async () => {
  const answer = await desk.call('GET', '/bookings', { token });
  expect(answer).toMatchObject({ status: 200, body: { nextCursor: null } });
  expect(answer.body.items).toEqual([
    {
      code,
      status: 'CONFIRMED',
      specialRequests: 'A cot, please',
      guest: { firstName: guest.firstName, lastName: guest.lastName },
      stay: expect.objectContaining({ ...nights, nights: 3, roomType: 'ROOM', room: '101' }),
      startsAt: expect.any(String),
      endsAt: expect.any(String),
      checkedInAt: null,
      checkedOutAt: null,
    },
  ]);
  const text = JSON.stringify(answer.body);
  const withheld = [guest.email, guest.phone, ...Object.values(booker), ...Object.values(friend), 'till 7', '12345'];
  for (const word of withheld) expect(text).not.toContain(word);
});

test('the front desk sees the whole of the same stay', async () => {
  const { body } = await desk.call('GET', '/bookings');
  expect(body.items).toMatchObject([{ code, guest, booker, payments: [{ amount: 12_345, reference: 'till 7' }] }]);
});

test('housekeeping sees who has not left, though the stay is over, until they do', async () => {
  const other = await openDesk(t, { rooms: 1 });
  const housekeeper = await hire(t, other.hotel.propertyId, 'HOUSEKEEPING');
  const seen = async () => (await other.call('GET', '/bookings', { token: housekeeper })).body.items;
  const staying = await other.confirm(nights);
  await other.act(staying, 'assign-room', { room: '101' });
  await other.act(staying, 'check-in');
  await travelToNoon(t.database, addDays(nights.checkOut, 1));
  expect(await seen()).toMatchObject([{ code: staying, status: 'IN_HOUSE', stay: { room: '101' } }]);
  await other.act(staying, 'check-out', { waiveBalance: 'a test' });
  expect(await seen()).toEqual([]);
  await travelToNoon(t.database, nights.checkIn);
});

test('housekeeping can not search its way to a contact', async () => {
  for (const q of ['orla@', guest.phone, 'Nolan', code]) {
    const answer = await desk.call('GET', `/bookings?q=${encodeURIComponent(q)}`, { token });
    expect(answer).toMatchObject(refusal('forbidden'));
  }
});
