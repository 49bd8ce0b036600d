import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp } from '../../support/server/app.ts';
import type { Answer, TestApp } from '../../support/server/app.ts';
import { buildHotel, daysAhead, stayBody } from '../../support/hotel/build.ts';
import type { TestHotel } from '../../support/hotel/build.ts';
import { countDeadlocks, countStatuses, insist, recountNights, seededRandom, send } from '../../support/race.ts';
import { spawnServer } from '../../support/server/server.ts';
import type { TestServer } from '../../support/server/server.ts';
import { trials } from '../../support/tier/trials.ts';

const ATTEMPTS = trials('bookings', { small: 400, middle: 2_000, full: 30_000 });
const CROWDS = trials('bookings', { small: 1, middle: 1, full: 15, each: 600 });

let t: TestApp;
let servers: TestServer[];

beforeAll(async () => {
  t = await startTestApp();
  // Two processes on one database, with no jobs, so that nothing but the requests releases anything.
  const variables = { DATABASE_URL: t.database.url, RUN_JOBS: 'false', LOG_LEVEL: 'warn', NODE_ENV: 'test' };
  servers = await Promise.all([
    spawnServer({ ...variables, LOG_LEVEL: 'info' }),
    spawnServer({ ...variables, LOG_LEVEL: 'info' }),
  ]);
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await t.close();
});

function bookAll(hotel: TestHotel, count: number, body: (index: number) => object): Promise<Answer[]> {
  return Promise.all(
    Array.from({ length: count }, (_, index) => {
      const server = servers[index % servers.length] as TestServer;
      return insist(() => send(server.url, 'POST', `${hotel.path}/bookings`, { body: body(index) }));
    }),
  );
}

test.each([100, 500])(
  '%i guests at once for the last two rooms: two have them, all others are told',
  { repeats: CROWDS.repeats },
  async (count) => {
    const hotel = await buildHotel(t.ctx, { rooms: 2 });
    const answers = await bookAll(hotel, count, () => stayBody());
    expect(countStatuses(answers)).toEqual({ 201: 2, 409: count - 2 });
    for (const { body } of answers.filter((answer) => answer.status === 409)) {
      expect(body).toMatchObject({ code: 'sold_out', reason: 'HELD', heldUntil: expect.any(String) });
      expect(body.alternatives.length).toBeGreaterThanOrEqual(3);
    }
    expect(await recountNights(t.database, hotel.roomTypeId)).toEqual([]);
    expect(await countDeadlocks(t.database)).toBe(0);
  },
);

test(
  `${String(ATTEMPTS.count)} stays of one to five nights that overlap at random: every night is sold as often as there are rooms`,
  { repeats: ATTEMPTS.repeats },
  async () => {
    const { seed, upTo } = seededRandom();
    const hotel = await buildHotel(t.ctx, { rooms: 3 });
    const attempts = Array.from({ length: ATTEMPTS.count }, () => {
      const arrival = 30 + upTo(40);
      return stayBody({ checkIn: daysAhead(arrival), checkOut: daysAhead(arrival + 1 + upTo(5)) });
    });
    const answers: Answer[] = [];
    while (attempts.length > 0) {
      const wave = attempts.splice(0, 200);
      answers.push(...(await bookAll(hotel, wave.length, (index) => wave[index] as object)));
    }
    const statuses = countStatuses(answers);
    expect(Object.keys(statuses), `seed ${String(seed)}`).toEqual(['201', '409']);
    expect(await recountNights(t.database, hotel.roomTypeId), `seed ${String(seed)}`).toEqual([]);
    const [nights] = await t.database.sql<{ oversold: number; sold: number }>(
      `SELECT count(*) FILTER (WHERE reserved > total)::int AS oversold, sum(reserved)::int AS sold FROM inventory_nights WHERE room_type_id = $1`,
      [hotel.roomTypeId],
    );
    const sold = answers
      .filter((answer) => answer.status === 201)
      .reduce((sum, { body }) => sum + (body.booking.stay.nights as number), 0);
    expect(nights).toEqual({ oversold: 0, sold });
    expect(await countDeadlocks(t.database)).toBe(0);
  },
);

test('writers who skip every check of ours still can not oversell a night', async () => {
  const hotel = await buildHotel(t.ctx, { rooms: 2 });
  const night = daysAhead(30);
  const take = () =>
    t.database
      .sql('UPDATE inventory_nights SET reserved = reserved + 1 WHERE room_type_id = $1 AND night = $2', [
        hotel.roomTypeId,
        night,
      ])
      .then(
        () => 'taken',
        (error: unknown) => (error as { constraint?: string }).constraint,
      );
  const outcomes = await Promise.all(Array.from({ length: 20 }, take));
  expect(outcomes.filter((outcome) => outcome === 'taken')).toHaveLength(2);
  expect(outcomes.filter((outcome) => outcome === 'room_nights_not_oversold')).toHaveLength(18);
});
