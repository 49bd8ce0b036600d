import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeKey } from '../../support/spa/agent.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { TestApp } from '../../support/server/app.ts';

// A key may look for thirty bookings that there are not in an hour, and a property sixty times over all its keys.

let t: TestApp;
let propertyId: string;
beforeAll(async () => {
  t = await startTestApp({ RATE_LIMIT_SCALE: '1' });
  ({ id: propertyId } = await t.ctx.db.property.findUniqueOrThrow({ where: { slug: 'glow-medspa' } }));
});
afterAll(() => t.close());

let code = 1_000;
const find = async (token: string, tool = 'find_booking') => {
  code += 1;
  const body = { code: `BK-2026-${String(code)}`, lastName: 'Ortiz' };
  const { body: answer } = await t.call('POST', `/v1/agent/properties/glow-medspa/tools/${tool}`, { token, body });
  return answer.problem?.code as string | undefined;
};

test('codes in sequence with one surname: thirty misses a key, sixty a property, whichever tool looks', async () => {
  const [one, two, three] = [await makeKey(t, propertyId), await makeKey(t, propertyId), await makeKey(t, propertyId)];
  for (let miss = 0; miss < 30; miss += 1) {
    expect(await find(one, miss % 2 === 0 ? 'find_booking' : 'cancel_booking')).toBe('not_found');
  }
  expect(await find(one)).toBe('rate_limited');
  expect(await find(one, 'reschedule_booking')).toBe('rate_limited');
  const atOnce = await Promise.all(Array.from({ length: 50 }, () => find(two)));
  expect(atOnce.filter((problem) => problem === 'not_found')).toHaveLength(30);
  expect(await find(three)).toBe('rate_limited');
  const { body } = await t.call('POST', '/v1/agent/properties/glow-medspa/tools/list_services', {
    token: one,
    body: {},
  });
  expect(body.ok).toBe(true);
});
