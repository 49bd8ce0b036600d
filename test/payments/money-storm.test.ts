import { afterAll, beforeAll, expect, test } from 'vitest';
import { expireHolds } from '../../src/services/hold/expire-holds.ts';
import { hire } from '../support/desk.ts';
import { findViolations } from '../support/invariants.ts';
import { makeMoneyLife } from '../support/money-life.ts';
import { countDeadlocks, seededRandom } from '../support/race.ts';
import { startPayingApp } from '../support/sandbox.ts';
import type { PayingApp } from '../support/sandbox.ts';
import { findLedgerFaults } from '../support/wallet.ts';

const ROUNDS = 25;
const AT_ONCE = 8;
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
        ...{ propertyId: hotel.propertyId, code: 'STORM', name: 'Storm' },
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
