import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp } from '../../support/server/app.ts';
import type { TestApp } from '../../support/server/app.ts';
import { travelToNoon } from '../../support/database/clock.ts';
import { daysAhead, guest } from '../../support/hotel/build.ts';

let t: TestApp;
let staff: string;
const desk = '/v1/staff/properties/harbour-hotel/bookings';

beforeAll(async () => {
  t = await startTestApp();
  // Noon, so that the date of the test is the hotel's too.
  await travelToNoon(t.database, daysAhead(0));
  // This one is about the desk: nothing has to be paid first.
  await t.database.sql(`UPDATE properties SET payment_policy = 'NONE' WHERE slug = 'harbour-hotel'`);
  staff = await t.tokenFor('frontdesk@harbour-hotel.example');
});
afterAll(() => t.close());

test('a stay goes from search to check-out', async () => {
  const [checkIn, checkOut] = [daysAhead(0), daysAhead(2)];
  const search = await t.call(
    'GET',
    `/v1/public/properties/harbour-hotel/availability?checkIn=${checkIn}&checkOut=${checkOut}`,
  );
  expect(search).toMatchObject({ status: 200, body: { nights: 2 } });
  expect(search.body.roomTypes).toHaveLength(3);

  const created = await t.call('POST', '/v1/public/properties/harbour-hotel/bookings', {
    body: { roomType: 'SUITE', checkIn, checkOut, guest },
  });
  expect(created).toMatchObject({
    status: 201,
    body: { booking: { status: 'PENDING_APPROVAL', price: { totalPayable: 57_800 } } },
  });
  const { code } = created.body.booking as { code: string };
  const act = (action: string, body?: object) =>
    t.call('POST', `${desk}/${code}/${action}`, { token: staff, ...(body && { body }) });

  expect(await act('approve')).toMatchObject({ status: 200, body: { status: 'CONFIRMED', version: 2 } });
  expect(await act('check-in')).toMatchObject({ status: 409, body: { code: 'room_required' } });
  const rooms = await t.call('GET', `${desk}/${code}/assignable-rooms`, { token: staff });
  expect(rooms.body.items).toMatchObject([{ number: '301' }, { number: '302' }]);
  expect(await act('assign-room', { room: '301', assignmentVersion: 0 })).toMatchObject({
    status: 200,
    body: { stay: { room: '301' } },
  });
  expect(await act('check-in')).toMatchObject({ status: 200, body: { status: 'IN_HOUSE' } });
  expect(await act('check-out')).toMatchObject({ status: 409, body: { code: 'balance_due', balanceDue: 57_800 } });
  expect(await act('payments', { method: 'CASH', amount: 57_800 })).toMatchObject({
    status: 200,
    body: { balanceDue: 0, paymentStage: 'CAPTURED' },
  });
  expect(await act('check-out')).toMatchObject({ status: 200, body: { status: 'COMPLETED', stay: { room: '301' } } });

  const history = await t.call('GET', `${desk}/${code}/history`, { token: staff });
  expect(history.body.items.map(({ action, to }: { action: string; to: string }) => `${action} ${to}`)).toEqual([
    'create PENDING_APPROVAL',
    'approve CONFIRMED',
    'assign-room CONFIRMED',
    'checkIn IN_HOUSE',
    'payment IN_HOUSE',
    'complete COMPLETED',
  ]);
});
