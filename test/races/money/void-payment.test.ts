import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { daysAhead } from '../../support/hotel/build.ts';
import { findViolations } from '../../support/database/invariants.ts';
import { openDesk } from '../../support/hotel/desk.ts';
import type { Desk } from '../../support/hotel/desk.ts';
import { findLedgerFaults } from '../../support/money/wallet.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { TestApp } from '../../support/server/app.ts';
import { insist } from '../../support/race.ts';
import { trials } from '../../support/tier/trials.ts';

const { count: ROUNDS, repeats } = trials('wallets', { small: 6, middle: 20, full: 200, each: 4 });

let t: TestApp;
let desk: Desk;

beforeAll(async () => {
  t = await startTestApp({ LOG_LEVEL: 'error' });
});
afterEach(async () => {
  expect(await findLedgerFaults(t, desk.hotel.propertyId)).toEqual([]);
  expect(await findViolations(t.ctx)).toEqual([]);
});
afterAll(() => t.close());

/** A guest in the house who has paid 100.00 in cash. */
async function arrive(room: number) {
  const code = await desk.confirm({ checkIn: daysAhead(0), checkOut: daysAhead(1) });
  const { body } = await desk.act(code, 'payments', { method: 'CASH', amount: 10_000 });
  await desk.act(code, 'assign-room', { room: String(100 + room) });
  await desk.act(code, 'check-in', { override: 'Race' });
  return { code, paymentId: body.payments[0].id as string };
}

test(
  `a void against check-out, refund and the right cash, ${String(ROUNDS)} rounds: the books say what happened, once`,
  { repeats },
  async () => {
    desk = await openDesk(t, { rooms: ROUNDS + 1 });
    for (let round = 1; round <= ROUNDS; round += 1) {
      const { code, paymentId } = await arrive(round);
      const act = (action: string, body: object) => insist(() => desk.act(code, action, body));
      const [void1, void2, left, refund, cash] = await Promise.all([
        act(`payments/${paymentId}/void`, { reason: 'Race' }),
        act(`payments/${paymentId}/void`, { reason: 'Race' }),
        act('check-out', {}),
        act('refunds', { amount: 4_000, reason: 'Race' }),
        act('payments', { method: 'CASH', amount: 10_000 }),
      ]);
      for (const { status } of [void1, void2, left, refund, cash]) expect([200, 409]).toContain(status);
      // Either it was refunded or it was voided; a second void is the first.
      expect(void1.status).toBe(void2.status);
      const { body } = await desk.call('GET', `/bookings/${code}`);
      const [first] = body.payments;
      if (void1.status === 200) expect(first).toMatchObject({ stage: 'VOIDED', refundedAmount: 0 });
      else expect(first.refundedAmount).toBe(4_000);
      const { body: seen } = await desk.call('GET', `/bookings/${code}/statement`);
      const kept = body.payments
        .filter(({ stage }: { stage: string }) => stage !== 'VOIDED')
        .reduce(
          (sum: number, one: { amount: number; refundedAmount: number }) => sum + one.amount - one.refundedAmount,
          0,
        );
      expect(body.paidAmount).toBe(kept);
      expect(seen).toBeDefined();
      if (left.status === 409) expect(body.status).toBe('IN_HOUSE');
    }
  },
);
