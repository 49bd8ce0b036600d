import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { declineUndecided } from '../../../src/services/desk/decision/decline-undecided.ts';
import { expireHolds } from '../../../src/services/selling/hold/expire-holds.ts';
import { extendInventory } from '../../../src/services/stock/inventory/extend-inventory.ts';
import { daysAhead, stayBody } from '../../support/hotel/build.ts';
import { travelToNoon } from '../../support/database/clock.ts';
import { openDesk } from '../../support/hotel/desk.ts';
import type { Desk } from '../../support/hotel/desk.ts';
import { readOutbox } from '../../support/database/feed.ts';
import { startPayingApp } from '../../support/sandbox/sandbox.ts';
import type { PayingApp } from '../../support/sandbox/sandbox.ts';

// Kept answers of other processes are thrown away by these announcements, so an action that forgets its own sells from
// yesterday's page.

let t: PayingApp;
const FIRST = 10;
const [checkIn, checkOut] = [daysAhead(FIRST), daysAhead(FIRST + 3)];
const nights = { checkIn, checkOut };
const stay = { roomType: 'ROOM', from: checkIn, to: checkOut };

beforeAll(async () => {
  t = await startPayingApp();
});
afterEach(() => t.database.travel('0'));
afterAll(() => t.close());

const asking = { property: { approval: 'STAFF', paymentPolicy: 'NONE' } } as const;
const act = (desk: Desk, code: string, action: string, body?: object) => async () => {
  expect(await desk.act(code, action, body)).toMatchObject({ status: 200 });
};
const change = (desk: Desk, method: 'PUT' | 'PATCH' | 'POST', path: string, body: object) => async () => {
  expect((await desk.call(method, path, { body })).status).toBeLessThan(300);
};

/** A guest who has room 101 and is in the house, or is to come. */
async function expectGuest(desk: Desk): Promise<string> {
  const code = await desk.confirm(nights);
  await desk.act(code, 'assign-room', { room: '101' });
  return code;
}
async function receiveGuest(desk: Desk): Promise<string> {
  const code = await expectGuest(desk);
  await travelToNoon(t.database, checkIn);
  await act(desk, code, 'check-in')();
  return code;
}

/** Brings a hotel to where the action can be done, and answers the action. */
type Arrange = (desk: Desk) => Promise<() => Promise<unknown>>;
type Case = [name: string, arrange: Arrange, told: object[], options?: Parameters<typeof openDesk>[1]];

const CASES: readonly Case[] = [
  ['a booking on the website', async (desk) => () => desk.book(nights), [stay]],
  ['a booking at the desk', async (desk) => () => desk.confirm(nights), [stay]],
  [
    'a hold that runs out',
    async (desk) => {
      await desk.book(nights);
      return async () => {
        await t.database.travel('11 minutes');
        await expireHolds(t.ctx);
      };
    },
    [stay],
  ],
  [
    'a booking that takes over a hold that ran out',
    async (desk) => {
      await desk.book(nights);
      await t.database.travel('11 minutes');
      return () => desk.book({ ...nights, checkOut: daysAhead(FIRST + 1) });
    },
    [stay, { ...stay, to: daysAhead(FIRST + 1) }],
    { rooms: 1 },
  ],
  [
    'a guest’s cancellation',
    async (desk) => {
      const { guestToken: token } = await desk.book(nights);
      return () => t.call('POST', '/v1/guest/booking/cancel', { token, body: {} });
    },
    [stay],
  ],
  ['a cancellation at the desk', async (desk) => act(desk, await desk.confirm(nights), 'cancel', {}), [stay]],
  [
    'a cancellation of a guest in the house',
    async (desk) => act(desk, await receiveGuest(desk), 'cancel', {}),
    [{ ...stay, from: daysAhead(FIRST + 1) }],
  ],
  [
    'a decline',
    async (desk) => act(desk, (await desk.book(nights)).code, 'decline', { reasonCode: 'NO_CAPACITY' }),
    [stay],
    asking,
  ],
  [
    'a booking that nobody decided on',
    async (desk) => {
      await desk.book(nights);
      await travelToNoon(t.database, checkOut);
      return () => declineUndecided(t.ctx);
    },
    [stay],
    asking,
  ],
  [
    'a late payment that revives a booking',
    async (desk) => {
      const { guestToken, url } = await t.bookAndOpen(desk.hotel.path, stayBody(nights));
      await t.control('POST', '/delivery', { paused: true });
      await t.payOn(url);
      await t.database.travel('11 minutes');
      return async () => {
        await expireHolds(t.ctx);
        await t.reaches(guestToken, { status: 'CONFIRMED' });
        await t.control('POST', '/delivery', { paused: false });
      };
    },
    [stay, stay],
  ],
  [
    'an early departure',
    async (desk) => act(desk, await receiveGuest(desk), 'check-out', { waiveBalance: 'Ours' }),
    [{ ...stay, from: daysAhead(FIRST + 1) }],
  ],
  [
    'an early arrival',
    async (desk) => {
      const code = await expectGuest(desk);
      await travelToNoon(t.database, daysAhead(FIRST - 2));
      return act(desk, code, 'check-in', { early: true });
    },
    [{ ...stay, from: daysAhead(FIRST - 2), to: checkIn }],
  ],
  [
    'a guest who did not come',
    async (desk) => {
      const code = await expectGuest(desk);
      await travelToNoon(t.database, daysAhead(FIRST + 1));
      return act(desk, code, 'no-show');
    },
    [{ ...stay, from: daysAhead(FIRST + 2) }],
  ],
  [
    'an inventory that is set',
    async (desk) => change(desk, 'PUT', '/inventory', { roomType: 'ROOM', from: checkIn, to: checkOut, closed: true }),
    [stay],
  ],
  [
    'a room out of order',
    async (desk) =>
      change(desk, 'PATCH', '/rooms/101', { housekeepingStatus: 'OUT_OF_ORDER', from: checkIn, to: checkOut }),
    [stay],
  ],
  [
    'a room that is back in order',
    async (desk) => {
      await change(desk, 'PATCH', '/rooms/101', { housekeepingStatus: 'OUT_OF_ORDER', from: checkIn, to: checkOut })();
      return change(desk, 'PATCH', '/rooms/101', { housekeepingStatus: 'CLEAN', lift: true });
    },
    [stay],
  ],
  [
    'a room that is added',
    async (desk) => change(desk, 'POST', '/rooms', { number: '777', roomType: 'ROOM' }),
    [{ roomType: 'ROOM' }],
  ],
  [
    'a room type that is changed',
    async (desk) => change(desk, 'PATCH', '/room-types/ROOM', { basePrice: 12_000 }),
    [{ roomType: 'ROOM' }],
  ],
  [
    'a room type that is no longer sold',
    async (desk) => change(desk, 'PATCH', '/room-types/ROOM', { isActive: false }),
    [{ roomType: 'ROOM' }],
  ],
  [
    'a room type that is added',
    async (desk) => {
      const prices = { name: 'Suite', maxOccupancy: 4, baseOccupancy: 2, basePrice: 30_000 };
      return change(desk, 'POST', '/room-types', { code: 'SUITE', ...prices });
    },
    [{ roomType: 'SUITE' }],
  ],
  ['settings that are changed', async (desk) => change(desk, 'PATCH', '/', { holdMinutes: 20 }), [{}]],
  [
    'a day that adds a night to the window',
    async () => {
      await travelToNoon(t.database, daysAhead(2));
      return () => extendInventory(t.ctx);
    },
    [{ roomType: 'ROOM' }],
  ],
];

const NOTHING: readonly Case[] = [
  ['an approval', async (desk) => act(desk, (await desk.book(nights)).code, 'approve'), [], asking],
  [
    'a room that is assigned',
    async (desk) => act(desk, await desk.confirm(nights), 'assign-room', { room: '102' }),
    [],
  ],
  [
    'an arrival on the day',
    async (desk) => {
      const code = await expectGuest(desk);
      await travelToNoon(t.database, checkIn);
      return act(desk, code, 'check-in');
    },
    [],
  ],
  [
    'a departure on the day',
    async (desk) => {
      const code = await receiveGuest(desk);
      await travelToNoon(t.database, checkOut);
      return act(desk, code, 'check-out', { waiveBalance: 'Ours' });
    },
    [],
  ],
  [
    'a second cancellation',
    async (desk) => {
      const code = await desk.confirm(nights);
      await act(desk, code, 'cancel', {})();
      return act(desk, code, 'cancel', {});
    },
    [],
  ],
  ['a room that is dirty', async (desk) => change(desk, 'PATCH', '/rooms/101', { housekeepingStatus: 'DIRTY' }), []],
];

/** What was announced of the nights that can be had, while the action was done. */
async function announcedBy(arrange: Arrange, options: Case[3]): Promise<object[]> {
  const desk = await openDesk(t, options);
  const action = await arrange(desk);
  const before = (await readOutbox(t.database, desk.hotel.propertyId)).at(-1)?.id ?? 0;
  await action();
  const rows = await readOutbox(t.database, desk.hotel.propertyId, before);
  return rows.filter(({ type }) => type === 'availability_changed').map(({ data }) => data);
}

test.each(CASES)('%s announces the nights that can now be had otherwise', async (_, arrange, told, options) => {
  expect(await announcedBy(arrange, options)).toEqual(told);
});

test.each(NOTHING)('%s announces no nights', async (_, arrange, told, options) => {
  expect(await announcedBy(arrange, options)).toEqual(told);
});
