import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { declineUndecided } from '../../../src/services/desk/decision/decline-undecided.ts';
import { warnOfLapse } from '../../../src/services/desk/decision/warn-of-lapse.ts';
import { HOUR_SECONDS, makeClocks } from '../../support/money/authorization.ts';
import { newGuest, stayBody } from '../../support/hotel/build.ts';
import { findViolations } from '../../support/database/invariants.ts';
import { countDeadlocks, drawDeadlineMs, playRounds, recountNights, seededRandom } from '../../support/race.ts';
import { startPayingApp } from '../../support/sandbox/sandbox.ts';
import type { PaidHotel, PayingApp } from '../../support/sandbox/sandbox.ts';
import { trials } from '../../support/tier/trials.ts';

/** One lap each: the second test decides what the first has authorized. */
const { count: ROUNDS } = trials('decisions', { small: 40, middle: 200, full: 400, lap: 400 });
const { count: PAYING_AGAIN } = trials('decisions', { small: 24, middle: 50, full: 100, lap: 100 });

let t: PayingApp;
let hotel: PaidHotel;
let codes: string[];

beforeAll(async () => {
  t = await startPayingApp();
  hotel = await t.hotelOf('STAFF', ROUNDS);
});
afterAll(() => t.close());

interface Waiting {
  readonly code: string;
  readonly guestToken: string;
}

/** Bookings that wait for staff, with the money of each held. */
async function authorizeMany(count: number): Promise<Waiting[]> {
  const made: Waiting[] = [];
  await playRounds(count, async () => {
    const { code, guestToken, url } = await t.bookAndOpen(hotel.path, stayBody({ guest: newGuest() }));
    await t.payOn(url);
    made.push({ code, guestToken });
  });
  await allReach('AUTHORIZED', count);
  return made;
}

/** Waits until so many of the hotel's bookings wait for staff with their payment at this stage. */
async function allReach(stage: string, count: number): Promise<void> {
  await vi.waitFor(async () => {
    await t.settle();
    const rows = await t.database.sql(
      `SELECT 1 FROM bookings WHERE property_id = $1 AND status = 'PENDING_APPROVAL' AND payment_stage::text = $2`,
      [hotel.propertyId, stage],
    );
    expect(rows).toHaveLength(count);
  }, 60_000);
}

/** What was asked of the sandbox, and done, by the id of the intent. */
async function effectsByIntent(): Promise<Map<string, string[]>> {
  const { requests } = (await t.control('GET', '/journal')) as {
    requests: { path: string; status: number; replayed: boolean }[];
  };
  const effects = new Map<string, string[]>();
  for (const { path, status, replayed } of requests) {
    const [, intent, verb] = /^\/v1\/payment_intents\/(\w+)\/(capture|cancel)$/.exec(path) ?? [];
    if (intent === undefined || verb === undefined || status !== 200 || replayed) continue;
    effects.set(intent, [...(effects.get(intent) ?? []), verb]);
  }
  return effects;
}

test('two servers that warn at once warn of every authorization once', async () => {
  codes = (await authorizeMany(ROUNDS)).map(({ code }) => code);
  await t.database.travel('6 days 1 hour');
  const warned = await Promise.all([warnOfLapse(t.ctx), warnOfLapse(t.ctx), warnOfLapse(t.ctx)]);
  expect(warned.flat().toSorted()).toEqual(codes.toSorted());
  const rows = await t.database.sql<{ told: number }>(
    `SELECT count(*)::int AS told FROM outbox_messages WHERE type = 'authorization_expiring' GROUP BY booking_id`,
  );
  expect(rows).toEqual(codes.map(() => ({ told: 1 })));
});

test(`approving against the decline of two servers, ${String(ROUNDS)} rounds: captured or voided, never both, and the status agrees`, async () => {
  const { seed, upTo } = seededRandom();
  await t.database.travel('6 days 12 hours');
  const answers: Record<number, number> = {};
  for (const [round, code] of codes.entries()) {
    // Its hour begins somewhere in the midst of what follows.
    await t.database.sql(
      `UPDATE bookings SET capture_before = app_now() + interval '1 hour' + $2 * interval '1 millisecond' WHERE code = $1`,
      [code, upTo(25)],
    );
    const sweep = async () => {
      for (let sweeps = 0; sweeps < 2; sweeps += 1) await declineUndecided(t.ctx);
    };
    const approve = async () => {
      if (upTo(2) === 0) await declineUndecided(t.ctx);
      const { status } = await t.call('POST', `${hotel.desk}/${code}/approve`, { token: hotel.ownerToken, body: {} });
      answers[status] = (answers[status] ?? 0) + 1;
    };
    await Promise.all(round % 2 === 0 ? [approve(), sweep(), sweep()] : [sweep(), sweep(), approve()]);
  }
  expect(Object.keys(answers), `seed ${String(seed)}`).toEqual(['200', '409']);
  // Approving came first, and decided; or the last sweep finds what is over by now.
  await declineUndecided(t.ctx);
  await t.database.travel('6 days 12 hours 30 minutes');
  await t.settle();
  const rows = await t.database.sql<{ code: string; status: string; stage: string; intent_id: string; held: boolean }>(
    `SELECT b.code, b.status, p.stage, p.intent_id, s.held_until_on > s.check_in_on AS held
     FROM bookings b JOIN payments p ON p.booking_id = b.id JOIN stays s ON s.booking_id = b.id WHERE b.property_id = $1`,
    [hotel.propertyId],
  );
  const effects = await effectsByIntent();
  const ends: Record<string, number> = {};
  for (const { code, status, stage, intent_id: id, held } of rows) {
    const end = `${status} ${stage} ${held ? 'held' : 'free'} ${(effects.get(id) ?? []).join('+')}`;
    expect(
      ['CONFIRMED CAPTURED held capture', 'DECLINED VOIDED free cancel'],
      `seed ${String(seed)}, ${code}`,
    ).toContain(end);
    ends[end] = (ends[end] ?? 0) + 1;
  }
  expect(rows).toHaveLength(ROUNDS);
  expect(Object.keys(ends), `seed ${String(seed)}`).toHaveLength(2);
  expect(ends['CONFIRMED CAPTURED held capture']).toBe(answers[200]);
  expect(await recountNights(t.database, hotel.roomTypeId), `seed ${String(seed)}`).toEqual([]);
  expect(await findViolations(t.ctx), `seed ${String(seed)}`).toEqual([]);
  expect(await countDeadlocks(t.database)).toBe(0);
});

test(`paying again against the decline of two servers, ${String(PAYING_AGAIN)} rounds: held again with its night, or let go without`, async () => {
  const { seed, upTo } = seededRandom();
  const clocks = makeClocks(t);
  await clocks.later('0 minutes');
  hotel = await t.hotelOf('STAFF', PAYING_AGAIN);
  await t.control('POST', '/clock', { captureWindowSeconds: HOUR_SECONDS });
  const lapsed = await authorizeMany(PAYING_AGAIN);
  await clocks.pass(HOUR_SECONDS + 1);
  await allReach('LAPSED', PAYING_AGAIN);
  for (const [round, { code, guestToken: token }] of lapsed.entries()) {
    const page = await t.call('POST', '/v1/guest/booking/payment-session', { token, body: {} });
    // Its time is over somewhere in the midst of what follows.
    await t.database.sql(`UPDATE bookings SET expires_at = app_now() + $2 * interval '1 millisecond' WHERE code = $1`, [
      code,
      drawDeadlineMs(round, 70, upTo),
    ]);
    const sweep = async () => {
      for (let sweeps = 0; sweeps < 3; sweeps += 1) await declineUndecided(t.ctx);
    };
    await Promise.all([t.payOn(page.body.url as string).then(() => t.settle()), sweep(), sweep()]);
  }
  await t.control('POST', '/delivery/flush');
  await clocks.later('1 minute');
  await t.settle();
  await declineUndecided(t.ctx);
  await clocks.later('2 minutes');
  await t.settle();
  const rows = await t.database.sql<{ end: string }>(
    `SELECT concat_ws(' ', b.status, p.stage, CASE WHEN s.held_until_on > s.check_in_on THEN 'held' ELSE 'free' END) AS "end"
     FROM bookings b JOIN payments p ON p.booking_id = b.id AND p.stage <> 'LAPSED' JOIN stays s ON s.booking_id = b.id
     WHERE b.property_id = $1`,
    [hotel.propertyId],
  );
  const ends = rows.map(({ end }) => end);
  expect(ends).toHaveLength(PAYING_AGAIN);
  expect(new Set(ends), `seed ${String(seed)}`).toEqual(
    new Set(['PENDING_APPROVAL AUTHORIZED held', 'DECLINED VOIDED free']),
  );
  expect(await recountNights(t.database, hotel.roomTypeId), `seed ${String(seed)}`).toEqual([]);
  expect(await findViolations(t.ctx), `seed ${String(seed)}`).toEqual([]);
  expect(await countDeadlocks(t.database)).toBe(0);
});
