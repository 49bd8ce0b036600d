import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp } from '../support/app.ts';
import type { TestApp } from '../support/app.ts';
import { daysAhead } from '../support/build.ts';
import { openHibachi } from '../support/hibachi.ts';
import type { Hibachi } from '../support/hibachi.ts';
import { findViolations } from '../support/invariants.ts';

let t: TestApp;
let hibachi: Hibachi;
const ROUNDS = 8;
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
      ...{ party_adults: 10 + index, party_kids: round, slot: index % 2 === 0 ? '12:00' : '18:00' },
    }));
    const answers = await Promise.all(wishes.map((body) => hibachi.call('PUT', `/${String(code)}`, { body })));
    expect(answers.map(({ status }) => status)).toEqual(wishes.map(() => 200));
    const { body: now } = await hibachi.call('GET', `/${String(code)}`);
    const { party_adults, party_kids, slot } = now;
    expect(wishes).toContainEqual({ party_adults, party_kids, slot });
    const { body: fresh } = await hibachi.create({ date, party_adults, party_kids }, { prefer: 'dry-run' });
    expect(now.total_due_cents).toBe(fresh.total_due_cents);
  }
  expect(await findViolations(t.ctx)).toEqual([]);
});
