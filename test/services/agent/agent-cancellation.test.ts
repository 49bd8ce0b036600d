import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeKey, openAgent } from '../../support/spa/agent.ts';
import type { TestAgent } from '../../support/spa/agent.ts';
import { guest, stayBody } from '../../support/hotel/build.ts';
import { startPayingApp } from '../../support/sandbox/sandbox.ts';
import type { PaidHotel, PayingApp } from '../../support/sandbox/sandbox.ts';

let t: PayingApp;
let hotel: PaidHotel;
let agent: TestAgent;

beforeAll(async () => {
  t = await startPayingApp({ LOG_LEVEL: 'error' });
  hotel = await t.hotelOf('AUTOMATIC', 10);
  agent = openAgent(t, hotel.slug, await makeKey(t, hotel.propertyId));
});
afterAll(() => t.close());

const money = (refundAmount: number, fee: number, ...refunds: readonly object[]) => ({ refundAmount, fee, refunds });
const toCard = (amount: number) => ({ amount, destination: 'CARD' });

/** One night, 100.00, paid by card and confirmed, of which so many percent come back. */
async function bookAndPay(refundPercent: number): Promise<string> {
  const { code, guestToken, url } = await t.bookAndOpen(hotel.path, stayBody());
  await t.payOn(url);
  await t.reaches(guestToken, { status: 'CONFIRMED' });
  const policy = JSON.stringify({ tiers: [{ hoursBefore: 0, refundPercent }] });
  await t.database.sql('UPDATE bookings SET cancellation_policy = $2 WHERE code = $1', [code, policy]);
  return code;
}

test.each([
  [100, '€100.00 comes back to the card.', money(10_000, 0, toCard(10_000))],
  [30, '€30.00 comes back to the card and €70.00 of what was paid is kept.', money(3_000, 7_000, toCard(3_000))],
  [0, '€100.00 of what was paid is kept.', money(0, 10_000)],
])('where %i percent come back, that is what is read back and what is done', async (percent, said, outcome) => {
  const code = await bookAndPay(percent);
  const { say, data } = await agent.do('cancel_booking', { code, lastName: guest.lastName });
  expect(say).toMatch(/^Shall I cancel /);
  expect(say.split('? ')[1]).toBe(said);
  expect(data.proposal).toMatchObject(outcome);
  await agent.do('cancel_booking', { confirm: data.proposal.confirm });
  const { body } = await t.call('GET', `${hotel.desk}/${code}`, { token: hotel.ownerToken });
  expect(body).toMatchObject({ feeAmount: outcome.fee, refunds: outcome.refunds });
});

test('what was given back before does not come back again', async () => {
  const code = await bookAndPay(100);
  const refund = { amount: 4_000, reason: 'Shower was cold' };
  await t.call('POST', `${hotel.desk}/${code}/refunds`, { token: hotel.ownerToken, body: refund });
  await t.settle();
  const { say, data } = await agent.do('cancel_booking', { code, lastName: guest.lastName });
  expect(say).toMatch(/\? €60\.00 comes back to the card\.$/);
  expect(data.proposal).toMatchObject(money(6_000, 0, toCard(6_000)));
});
