import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Answer } from '../../support/server/app.ts';
import { daysAhead, stayBody } from '../../support/hotel/build.ts';
import { findViolations } from '../../support/database/invariants.ts';
import { recountNights, seededRandom } from '../../support/race.ts';
import { startPayingApp } from '../../support/sandbox/sandbox.ts';
import type { PayingApp } from '../../support/sandbox/sandbox.ts';
import { trials } from '../../support/tier/trials.ts';

const { count: ROUNDS, repeats } = trials('reschedule', { small: 24, middle: 60, full: 420, each: 2 });

let t: PayingApp;

beforeAll(async () => {
  t = await startPayingApp({ LOG_LEVEL: 'error' });
});
afterAll(() => t.close());

interface Row {
  readonly code: string;
  readonly status: string;
  readonly total: number;
  readonly paid: number;
  readonly intents: string[];
}
interface World {
  readonly payment_intents: { id: string; status: string; amount_received: number }[];
}
interface Journal {
  readonly requests: { path: string; params: Record<string, unknown>; status: number | null; replayed: boolean }[];
}

/** What the gateway kept of these intents, by its own books; and whether it still holds anything. */
async function readBooks(): Promise<(intents: readonly string[]) => { kept: number; isHeld: boolean }> {
  const { payment_intents: all } = (await t.control('GET', '/state')) as World;
  const { requests } = (await t.control('GET', '/journal')) as Journal;
  const refunds = requests.filter(
    ({ path, status, replayed }) => path === '/v1/refunds' && status === 200 && !replayed,
  );
  return (intents) => {
    const mine = all.filter(({ id }) => intents.includes(id));
    const received = mine.reduce((sum, intent) => sum + intent.amount_received, 0);
    const back = refunds.filter(({ params }) => intents.includes(String(params['payment_intent'])));
    const refunded = back.reduce((sum, { params }) => sum + Number(params['amount']), 0);
    return { kept: received - refunded, isHeld: mine.some(({ status }) => status === 'requires_capture') };
  };
}

test.each(['AUTOMATIC', 'STAFF'] as const)(
  `a move against the payment, its webhooks and the decision, %s, ${String(ROUNDS)} rounds: what is kept is what is owed`,
  { repeats },
  async (approval) => {
    const { seed, upTo } = seededRandom();
    const hotel = await t.hotelOf(approval, ROUNDS * 2);
    await t.control('POST', '/delivery', { duplicate: 2, shuffle: true });
    const staff = (code: string, action: string, body: object) =>
      t.call('POST', `${hotel.desk}/${code}/${action}`, { token: hotel.ownerToken, body });
    for (let round = 0; round < ROUNDS; round += 1) {
      const { code, guestToken, url } = await t.bookAndOpen(hotel.path, stayBody({ checkOut: daysAhead(32) }));
      const isWaiting = approval === 'STAFF' && upTo(2) === 0;
      await t.payOn(url);
      if (isWaiting) await t.reaches(guestToken, { status: 'PENDING_APPROVAL' });
      const body = { checkIn: daysAhead(60), checkOut: daysAhead(61 + upTo(3)) };
      const deeds: (() => Promise<Answer>)[] = [
        () => t.call('POST', '/v1/guest/booking/reschedule', { token: guestToken, body }),
        () => staff(code, 'approve', {}),
        () => (upTo(4) === 0 ? staff(code, 'cancel', {}) : staff(code, 'reschedule', body)),
        () => t.settle().then(() => ({ status: 200, headers: {}, body: null })),
      ];
      const answers = await Promise.all(
        deeds.map((_, index) => (deeds[(index + round) % deeds.length] as () => Promise<Answer>)()),
      );
      for (const { status } of answers) expect([200, 202, 409], `seed ${String(seed)}`).toContain(status);
    }
    await t.control('POST', '/delivery/flush');
    await t.settle();
    await t.database.travel('1 minute');
    await t.settle();
    const rows = await t.database.sql<Row>(
      `SELECT b.code, b.status::text, b.total_payable::int AS total, b.paid_amount::int AS paid, array_agg(p.intent_id) AS intents
       FROM bookings b JOIN payments p ON p.booking_id = b.id WHERE b.property_id = $1 GROUP BY b.id`,
      [hotel.propertyId],
    );
    expect(rows).toHaveLength(ROUNDS);
    const books = await readBooks();
    const ends = new Set<string>();
    for (const { code, status, total, paid, intents } of rows) {
      const { kept, isHeld } = books(intents);
      ends.add(status);
      const why = `seed ${String(seed)}, ${code} ${status}, total ${String(total)}`;
      expect(kept, why).toBe(paid);
      expect(paid, why).toBeLessThanOrEqual(total);
      if (status === 'CONFIRMED') expect(paid, why).toBe(Math.min(total, 20_000));
      else expect(paid, why).toBe(0);
      expect(isHeld, why).toBe(status === 'PENDING_APPROVAL');
    }
    expect(ends.size, `seed ${String(seed)}`).toBeGreaterThan(1);
    expect(await recountNights(t.database, hotel.roomTypeId)).toEqual([]);
    expect(await findViolations(t.ctx), `seed ${String(seed)}`).toEqual([]);
    await t.database.travel('0');
  },
);
