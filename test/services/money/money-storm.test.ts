import { afterAll, beforeAll, expect, test } from 'vitest';
import { expireHolds } from '../../../src/services/selling/hold/expire-holds.ts';
import { hire } from '../../support/hotel/desk.ts';
import { findViolations } from '../../support/database/invariants.ts';
import { makeMoneyLife } from '../../support/money/money-life.ts';
import { countDeadlocks, seededRandom } from '../../support/race.ts';
import { startPayingApp } from '../../support/sandbox/sandbox.ts';
import type { PayingApp } from '../../support/sandbox/sandbox.ts';
import { findLedgerFaults } from '../../support/money/wallet.ts';
import { trials } from '../../support/tier/trials.ts';

const AT_ONCE = 8;
const { count: ROUNDS, repeats } = trials('limits', { small: 8, middle: 25, full: 200, each: 2 * AT_ONCE });
const POLICY = {
  tiers: [
    { hoursBefore: 48, refundPercent: 100 },
    { hoursBefore: 1, refundPercent: 33 },
  ],
  noShowFeePercent: 50,
};

let t: PayingApp;

beforeAll(async () => {
  t = await startPayingApp({ LOG_LEVEL: 'error' });
});
afterAll(() => t.close());

test.each(['AUTOMATIC', 'STAFF'] as const)(
  `${String(AT_ONCE)} people at once at the same few bookings, approved %s: the books agree`,
  { repeats },
  async (approval) => {
    const { seed, upTo } = seededRandom();
    const hotel = await t.hotelOf(approval, 20);
    await t.database.sql(
      `UPDATE properties SET timezone = 'UTC', check_in_time = '00:00', payment_policy = 'DEPOSIT',
         deposit_policy = '{"type": "PERCENT", "value": 4000}', cancellation_policy = $2 WHERE id = $1`,
      [hotel.propertyId, JSON.stringify(POLICY)],
    );
    await t.ctx.db.promo.create({
      data: {
        propertyId: hotel.propertyId,
        code: 'STORM',
        name: 'Storm',
        type: 'PERCENT',
        value: 1_333,
        maxUses: 60,
      },
    });
    // All of them with one promo, so that its row is in everybody's way, too.
    const call: PayingApp['call'] = (method, path, options) =>
      path === `${hotel.path}/bookings`
        ? t.call(method, path, { ...options, body: { ...(options?.body as object), promoCode: 'STORM' } })
        : t.call(method, path, options);
    const life = makeMoneyLife(
      { ...t, call },
      { ...hotel, ownerToken: await hire(t, hotel.propertyId, 'OWNER') },
      upTo,
    );
    for (let round = 0; round < ROUNDS; round += 1) {
      const steps = await Promise.all(Array.from({ length: AT_ONCE }, () => life.step()));
      const last = `seed ${String(seed)}, round ${String(round)}`;
      // A machine that is busy may say so to some.
      expect(
        steps.filter(({ status }) => status >= 500 && status !== 503),
        last,
      ).toEqual([]);
      if (upTo(2) > 0) await t.settle();
      expect(await findLedgerFaults(t, hotel.propertyId), last).toEqual([]);
    }
    for (let minute = 1; minute <= 3; minute += 1) {
      await t.control('POST', '/delivery/flush');
      await t.settle();
      await t.database.travel(`${String(minute * 10)} minutes`);
    }
    await expireHolds(t.ctx);
    await t.settle();
    expect(await findViolations(t.ctx), `seed ${String(seed)}`).toEqual([]);
    await t.database.travel('0 minutes');
    expect(await countDeadlocks(t.database)).toBe(0);
  },
);
