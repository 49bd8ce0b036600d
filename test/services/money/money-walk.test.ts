import { afterAll, beforeAll, expect, test } from 'vitest';
import { expireHolds } from '../../../src/services/selling/hold/expire-holds.ts';
import { hire } from '../../support/hotel/desk.ts';
import { findViolations } from '../../support/database/invariants.ts';
import { makeMoneyLife } from '../../support/money/money-life.ts';
import { countDeadlocks, seededRandom } from '../../support/race.ts';
import { startPayingApp } from '../../support/sandbox/sandbox.ts';
import type { PaidHotel, PayingApp } from '../../support/sandbox/sandbox.ts';
import { findLedgerFaults } from '../../support/money/wallet.ts';
import { trials } from '../../support/tier/trials.ts';

const { count: STEPS, repeats } = trials('limits', { small: 120, middle: 300, full: 1_500, each: 3 });
/** So many steps are looked back on when something is wrong. */
const LOOK_BACK = 12;

let t: PayingApp;

beforeAll(async () => {
  t = await startPayingApp({ LOG_LEVEL: 'error' });
});
afterAll(() => t.close());

/** A hotel with taxes and a policy of every kind, whose day begins at midnight. */
async function openHotel(approval: 'STAFF' | 'AUTOMATIC', terms: string): Promise<PaidHotel> {
  const hotel = await t.hotelOf(approval, 20);
  await t.database.sql(`UPDATE properties SET timezone = 'UTC', check_in_time = '00:00', ${terms} WHERE id = $1`, [
    hotel.propertyId,
  ]);
  const ownerToken = await hire(t, hotel.propertyId, 'OWNER');
  for (const tax of [
    { code: 'VAT', name: 'VAT', isInclusive: true, rateBps: 1350 },
    { code: 'CITY', name: 'City tax', isInclusive: false, rateBps: 333 },
  ]) {
    const answer = await t.call('POST', `/v1/staff/properties/${hotel.slug}/taxes`, { token: ownerToken, body: tax });
    expect(answer.status).toBe(201);
  }
  return { ...hotel, ownerToken };
}

/** Everything the gateway has to say is said, and everything it is asked for is done. */
async function comeToRest(): Promise<void> {
  for (let minute = 1; minute <= 3; minute += 1) {
    await t.control('POST', '/delivery/flush');
    await t.settle();
    await t.database.travel(`${String(minute * 10)} minutes`);
  }
  await expireHolds(t.ctx);
  await t.settle();
}

const TIERS = `cancellation_policy = '{"tiers": [{"hoursBefore": 72, "refundPercent": 100}, {"hoursBefore": 24, "refundPercent": 33}]}'`;
const kinds = new Set<string>();

test.each([
  ['paid in full, approved at once', 'AUTOMATIC', TIERS],
  [
    'paid in full, approved by staff, nothing kept of a no-show',
    'STAFF',
    `cancellation_policy = '{"tiers": [], "noShowFeePercent": 0}'`,
  ],
  [
    'with a deposit that is kept, approved at once',
    'AUTOMATIC',
    `payment_policy = 'DEPOSIT', deposit_policy = '{"type": "PERCENT", "value": 3000}',
     cancellation_policy = '{"tiers": [{"hoursBefore": 1, "refundPercent": 50}], "isDepositRefundable": false, "noShowFeePercent": 60}'`,
  ],
] as const)(
  `${String(STEPS)} random steps at a hotel %s: the ledger adds up after each`,
  { repeats },
  async (_, approval, terms) => {
    const { seed, upTo } = seededRandom();
    const hotel = await openHotel(approval, terms);
    const life = makeMoneyLife(t, hotel, upTo);
    const steps: string[] = [];
    for (let step = 0; step < STEPS; step += 1) {
      const { deed, status } = await life.step();
      steps.push(`${String(step)} ${deed}: ${String(status)}`);
      const last = `seed ${String(seed)}: ${steps.slice(-LOOK_BACK).join(', ')}`;
      expect(status, last).toBeLessThan(500);
      // Now and then the queues run at once, and now and then what is due is left lying for some steps.
      if (upTo(3) > 0) await t.settle();
      expect(await findLedgerFaults(t, hotel.propertyId), last).toEqual([]);
    }
    await comeToRest();
    expect(await findLedgerFaults(t, hotel.propertyId), `seed ${String(seed)}`).toEqual([]);
    expect(await findViolations(t.ctx), `seed ${String(seed)}`).toEqual([]);
    await t.database.travel('0 minutes');
    // The database writes down what a use case forgets; no use case leaves it to the database.
    const forgotten = `SELECT b.code, e.changes FROM booking_events e JOIN bookings b ON b.id = e.booking_id WHERE e.action = 'amounts'`;
    expect(await t.database.sql(forgotten), `seed ${String(seed)}`).toEqual([]);
    const found = await t.database.sql<{ kind: string }>(
      'SELECT DISTINCT kind::text FROM ledger_transfers WHERE property_id = $1',
      [hotel.propertyId],
    );
    for (const { kind } of found) kinds.add(kind);
    console.info(`seed ${String(seed)}: ${JSON.stringify(Object.fromEntries(life.done))}`);
  },
);

test('the walks have moved money in every way, and nobody waited for anybody in a circle', async () => {
  const every = ['PAYMENT', 'REFUND', 'PAYOUT', 'EARNED', 'UNEARNED', 'WALLET_CREDIT', 'WALLET_DEBIT'];
  expect([...kinds].toSorted()).toEqual(expect.arrayContaining(every));
  expect(await countDeadlocks(t.database)).toBe(0);
});
