import { afterAll, beforeAll, expect, test } from 'vitest';
import { findViolations } from '../../support/database/invariants.ts';
import { expireHolds } from '../../../src/services/selling/hold/expire-holds.ts';
import { daysAhead, newGuest, stayBody } from '../../support/hotel/build.ts';
import { countDeadlocks, drawDeadlineMs, playRounds, recountNights, seededRandom } from '../../support/race.ts';
import { startPayingApp } from '../../support/sandbox/sandbox.ts';
import type { PayingApp } from '../../support/sandbox/sandbox.ts';
import { trials } from '../../support/tier/trials.ts';

const DECISIONS = trials('decisions', { small: 40, middle: 200, full: 3_000 });
const DEADLINES = trials('expiry', { small: 50, middle: 200, full: 3_000 });

let t: PayingApp;

beforeAll(async () => {
  t = await startPayingApp();
});
afterAll(() => t.close());

interface SandboxIntent {
  readonly id: string;
  readonly status: string;
  readonly amount_received: number;
}

async function intentsById(): Promise<Map<string, SandboxIntent>> {
  const { payment_intents: intents } = (await t.control('GET', '/state')) as { payment_intents: SandboxIntent[] };
  return new Map(intents.map((intent) => [intent.id, intent]));
}

test(
  `approve, decline, the guest’s cancel and the webhooks at once, ${String(DECISIONS.count)} rounds: captured or voided, and the status agrees`,
  { repeats: DECISIONS.repeats },
  async () => {
    const hotel = await t.hotelOf('STAFF', DECISIONS.count + 1);
    await t.control('POST', '/delivery', { duplicate: 2, shuffle: true });
    const staff = (code: string, action: string, body: object) =>
      t.call('POST', `${hotel.desk}/${code}/${action}`, { token: hotel.ownerToken, body });
    await playRounds(DECISIONS.count, async (round) => {
      const { code, guestToken, url } = await t.bookAndOpen(hotel.path, stayBody({ guest: newGuest() }));
      await t.payOn(url);
      await t.reaches(guestToken, { status: 'PENDING_APPROVAL' });
      const moves: (() => Promise<{ status: number }>)[] = [
        () => staff(code, 'approve', {}),
        () => staff(code, 'decline', { reasonCode: 'NO_CAPACITY' }),
        () => t.call('POST', '/v1/guest/booking/cancel', { token: guestToken, body: {} }),
        async () => {
          await t.settle();
          return { status: 200 };
        },
      ];
      const answers = await Promise.all(
        moves.map((_, index) => (moves[(index + round) % moves.length] as () => Promise<{ status: number }>)()),
      );
      for (const answer of answers) expect([200, 202, 409]).toContain(answer.status);
    });
    await t.settle();
    const rows = await t.database.sql<{
      code: string;
      status: string;
      stage: string;
      intent_id: string;
      refunded: number;
    }>(
      `SELECT b.code, b.status, p.stage, p.intent_id, p.refunded_amount::int AS refunded FROM bookings b JOIN payments p ON p.booking_id = b.id
     WHERE b.property_id = $1`,
      [hotel.propertyId],
    );
    const intents = await intentsById();
    expect(rows).toHaveLength(DECISIONS.count);
    const ends = new Set<string>();
    for (const { code, status, stage, intent_id: id, refunded } of rows) {
      const intent = intents.get(id);
      ends.add(`${status} ${stage} ${String(intent?.status)}`);
      if (status === 'CONFIRMED')
        expect({ code, stage, intent: intent?.status }).toEqual({ code, stage: 'CAPTURED', intent: 'succeeded' });
      else if (stage === 'REFUNDED')
        expect({ code, status, refunded, intent: intent?.status }).toEqual({
          code,
          status: 'CANCELLED',
          refunded: 10_000,
          intent: 'succeeded',
        });
      else expect({ code, stage, intent: intent?.status }).toEqual({ code, stage: 'VOIDED', intent: 'canceled' });
    }
    expect(ends.size).toBeGreaterThan(1);
    expect(await recountNights(t.database, hotel.roomTypeId)).toEqual([]);
    expect(await findViolations(t.ctx)).toEqual([]);
    expect(await countDeadlocks(t.database)).toBe(0);
  },
);

test(
  `authorization against expiry within moments of the deadline, ${String(DEADLINES.count)} rounds: booked with its night, or voided`,
  { repeats: DEADLINES.repeats },
  async () => {
    const { seed, upTo } = seededRandom();
    const hotel = await t.hotelOf('AUTOMATIC', 1);
    await t.control('POST', '/delivery', { duplicate: 0, shuffle: false });
    const rivals: string[] = [];
    await playRounds(DEADLINES.count, async (round) => {
      const stay = stayBody({ checkIn: daysAhead(20 + round), checkOut: daysAhead(21 + round) });
      const { code, url } = await t.bookAndOpen(hotel.path, { ...stay, guest: newGuest() });
      await t.database.sql(
        `UPDATE bookings SET expires_at = app_now() + $2 * interval '1 millisecond' WHERE code = $1`,
        [code, drawDeadlineMs(round, 60, upTo)],
      );
      const [, , rival] = await Promise.all([
        t.payOn(url).then(
          () => t.settle(),
          () => undefined,
        ),
        expireHolds(t.ctx),
        upTo(2) === 0 ? t.call('POST', `${hotel.path}/bookings`, { body: stay }) : null,
      ]);
      if (rival?.status === 201) rivals.push(code);
    });
    await t.control('POST', '/delivery/flush');
    await t.settle();
    await expireHolds(t.ctx);
    await t.control('POST', '/delivery/flush');
    await t.settle();
    const rows = await t.database.sql<{
      code: string;
      status: string;
      stage: string;
      intent_id: string | null;
      held: boolean;
    }>(
      `SELECT b.code, b.status, p.stage, p.intent_id, s.held_until_on > s.check_in_on AS held
     FROM bookings b JOIN payments p ON p.booking_id = b.id JOIN stays s ON s.booking_id = b.id WHERE b.property_id = $1`,
      [hotel.propertyId],
    );
    const intents = await intentsById();
    const ends: Record<string, number> = {};
    for (const { code, status, stage, intent_id: id, held } of rows) {
      const intent = id === null ? 'none' : (intents.get(id)?.status ?? 'unknown');
      const end = `${status} ${stage} ${intent} ${held ? 'held' : 'free'}`;
      ends[end] = (ends[end] ?? 0) + 1;
      expect(
        ['CONFIRMED CAPTURED succeeded held', 'EXPIRED VOIDED canceled free', 'EXPIRED FAILED none free'],
        `seed ${String(seed)}, ${code}`,
      ).toContain(end);
      if (rivals.includes(code)) expect(status).toBe('EXPIRED');
    }
    expect(ends['CONFIRMED CAPTURED succeeded held'], JSON.stringify(ends)).toBeGreaterThan(0);
    expect(await recountNights(t.database, hotel.roomTypeId), `seed ${String(seed)}`).toEqual([]);
    const broken = (await findViolations(t.ctx)).filter(({ name }) => name !== 'overdue_holds');
    expect(broken, `seed ${String(seed)}`).toEqual([]);
  },
);
