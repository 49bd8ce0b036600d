import { afterAll, beforeAll, expect, test } from 'vitest';
import { addDays } from '../../../src/domain/time/calendar.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { TestApp } from '../../support/server/app.ts';
import { NOW, staffSpa, TODAY } from '../../support/spa/build-spa.ts';
import type { StaffedSpa } from '../../support/spa/build-spa.ts';
import { travelTo } from '../../support/database/clock.ts';
import { findMisplaced, placesOf } from '../../support/spa/places.ts';
import { countDeadlocks, countStatuses, seededRandom } from '../../support/race.ts';
import { trials } from '../../support/tier/trials.ts';

const { count: ROUNDS, repeats } = trials('reschedule', { small: 25, middle: 200, full: 2_000, each: 4 });
const TOMORROW = addDays(TODAY, 1);
const HOURS = ['09:00', '10:00', '11:00', '12:00'];

let t: TestApp;

beforeAll(async () => {
  t = await startTestApp({ LOG_LEVEL: 'error' });
  await travelTo(t.database, NOW);
});
afterAll(() => t.close());

const at = (hour: string) => `${TOMORROW}T${hour}`;
const move = (spa: StaffedSpa, code: string, hour: string) => spa.act(code, 'reschedule', { startsAt: at(hour) });

const ofOne = () => staffSpa(t, { providers: { DANIELLE: [{ fromMinute: 540, toMinute: 1_080 }] } });

test(
  `two who move into each other’s place at once, ${String(ROUNDS)} rounds: both are told, and stay`,
  { repeats },
  async () => {
    const spa = await ofOne();
    const [one, other] = [await spa.booked({ startsAt: at('09:00') }), await spa.booked({ startsAt: at('10:00') })];
    const before = await placesOf(t.database, spa);
    for (let round = 0; round < ROUNDS; round += 1) {
      const answers = await Promise.all([move(spa, one.code, '10:00'), move(spa, other.code, '09:00')]);
      expect(countStatuses(answers)).toEqual({ 409: 2 });
    }
    expect(await placesOf(t.database, spa)).toEqual(before);
    expect(await findMisplaced(t.database, spa)).toEqual([]);
  },
);

test(
  `one pair swapped from both sides at once, ${String(ROUNDS)} rounds: both happen, and all is as it was`,
  { repeats },
  async () => {
    const spa = await staffSpa(t);
    const one = await spa.booked({ startsAt: at('09:00'), provider: 'RYAN' });
    const other = await spa.booked({ startsAt: at('10:30'), provider: 'DANIELLE' });
    const before = await placesOf(t.database, spa);
    for (let round = 0; round < ROUNDS; round += 1) {
      const answers = await Promise.all([
        spa.act(one.code, 'swap', { with: other.code }),
        spa.act(other.code, 'swap', { with: one.code }),
      ]);
      expect(countStatuses(answers)).toEqual({ 200: 2 });
    }
    expect(await placesOf(t.database, spa)).toEqual(before);
    expect(await findMisplaced(t.database, spa)).toEqual([]);
  },
);

test(
  `cycles of three, swapped all around at once, ${String(ROUNDS)} rounds: nobody waits forever, no place is lost`,
  { repeats },
  async () => {
    const spa = await staffSpa(t);
    const places = [['09:00', 'RYAN'] as const, ['09:30', 'DANIELLE'] as const, ['12:00', 'RYAN'] as const];
    const codes: string[] = [];
    for (const [hour, provider] of places) codes.push((await spa.booked({ startsAt: at(hour), provider })).code);
    const before = [...(await placesOf(t.database, spa)).values()].toSorted();
    for (let round = 0; round < ROUNDS; round += 1) {
      const answers = await Promise.all(
        codes.map((code, index) => spa.act(code, 'swap', { with: codes[(index + 1) % codes.length] })),
      );
      expect(countStatuses(answers)).toEqual({ 200: 3 });
    }
    expect([...(await placesOf(t.database, spa)).values()].toSorted()).toEqual(before);
    expect(await findMisplaced(t.database, spa)).toEqual([]);
  },
);

test(
  `A to B, B to C and C to A at once with one place to spare, ${String(ROUNDS)} rounds: moved or told, none lost`,
  { repeats },
  async () => {
    const { seed, upTo } = seededRandom();
    const spa = await ofOne();
    const codes: string[] = [];
    for (const hour of HOURS.slice(0, 3)) codes.push((await spa.booked({ startsAt: at(hour) })).code);
    const statuses: Record<number, number> = {};
    for (let round = 0; round < ROUNDS; round += 1) {
      const now = await placesOf(t.database, spa);
      const hours = codes.map((code) => now.get(code)?.slice(-5) ?? '');
      const spare = HOURS.find((hour) => !hours.includes(hour)) ?? '';
      const mover = upTo(3);
      // One goes to the spare place, so that now and then the next may follow.
      const answers = await Promise.all(
        codes.map((code, index) => move(spa, code, index === mover ? spare : (hours[(index + 1) % 3] ?? ''))),
      );
      for (const { status } of answers) statuses[status] = (statuses[status] ?? 0) + 1;
      expect(answers[mover]?.status, `seed ${String(seed)}`).toBe(200);
      expect((await placesOf(t.database, spa)).size).toBe(3);
    }
    expect(Object.keys(statuses), `seed ${String(seed)}`).toEqual(['200', '409']);
    expect(await findMisplaced(t.database, spa)).toEqual([]);
  },
);

test('no two of them ever waited for each other in a circle', async () => {
  expect(await countDeadlocks(t.database)).toBe(0);
});
