import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp } from '../../support/server/app.ts';
import type { TestApp } from '../../support/server/app.ts';
import { daysAhead } from '../../support/hotel/build.ts';
import { openHibachi } from '../../support/http/hibachi.ts';
import type { Hibachi } from '../../support/http/hibachi.ts';
import { findViolations } from '../../support/database/invariants.ts';
import { insist } from '../../support/race.ts';
import { trials } from '../../support/tier/trials.ts';

let t: TestApp;
let hibachi: Hibachi;
const { count: ROUNDS } = trials('reschedule', { small: 4, middle: 8, full: 40, lap: 40 });
const AT_ONCE = 5;

beforeAll(async () => {
  t = await startTestApp();
  hibachi = await openHibachi(t);
});
afterAll(() => t.close());

test(`${String(AT_ONCE)} at once who change one party and its time, ${String(ROUNDS)} rounds: it ends as one of them said, at that one’s price`, async () => {
  const date = daysAhead(60);
  const { code } = await hibachi.confirm({ date });
  for (let round = 0; round < ROUNDS; round += 1) {
    const wishes = Array.from({ length: AT_ONCE }, (_, index) => ({
      party_adults: 10 + index,
      party_kids: round % 8,
      slot: index % 2 === 0 ? '12:00' : '18:00',
    }));
    const answers = await Promise.all(
      wishes.map((body) => insist(() => hibachi.call('PUT', `/${String(code)}`, { body }))),
    );
    expect(answers.map(({ status }) => status)).toEqual(wishes.map(() => 200));
    const { body: now } = await hibachi.call('GET', `/${String(code)}`);
    const { party_adults, party_kids, slot } = now;
    expect(wishes).toContainEqual({ party_adults, party_kids, slot });
    const { body: fresh } = await hibachi.create({ date, party_adults, party_kids }, { prefer: 'dry-run' });
    expect(now.total_due_cents).toBe(fresh.total_due_cents);
  }
  expect(await findViolations(t.ctx)).toEqual([]);
});
