import { afterAll, beforeAll, expect, test } from 'vitest';
import { daysAhead, stayBody } from '../../../support/hotel/build.ts';
import { findViolations } from '../../../support/database/invariants.ts';
import { startPayingApp } from '../../../support/sandbox/sandbox.ts';
import type { PayingApp } from '../../../support/sandbox/sandbox.ts';

let t: PayingApp;

beforeAll(async () => {
  t = await startPayingApp({ LOG_LEVEL: 'error' });
});
afterAll(() => t.close());

test('a refund of a difference that the gateway refuses is asked for again, in the same amount', async () => {
  const hotel = await t.hotelOf('AUTOMATIC');
  const { code, guestToken, url } = await t.bookAndOpen(hotel.path, stayBody({ checkOut: daysAhead(33) }));
  await t.payOn(url);
  await t.reaches(guestToken, { status: 'CONFIRMED', paidAmount: 30_000 });
  const refusing = { method: 'POST', path: '/v1/refunds$', kind: 'error_before', status: 400, times: 2 };
  await t.control('POST', '/faults', refusing);
  const body = { checkIn: daysAhead(60), checkOut: daysAhead(62) };
  const moved = await t.call('POST', `${hotel.desk}/${code}/reschedule`, { token: hotel.ownerToken, body });
  expect(moved.body).toMatchObject({ stay: body, paidAmount: 30_000, price: { totalPayable: 20_000 } });
  for (const later of ['6 minutes', '20 minutes', '1 hour']) {
    await t.database.travel(later);
    await t.settle();
  }
  await t.reachesAtDesk(hotel, code, { paidAmount: 20_000, balanceDue: 0, paymentStage: 'PARTIALLY_REFUNDED' });
  expect(await findViolations(t.ctx)).toEqual([]);
});
