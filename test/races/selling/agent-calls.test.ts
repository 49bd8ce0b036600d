import { afterAll, beforeAll, expect, test } from 'vitest';
import { dana, makeKey } from '../../support/spa/agent.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { Answer, TestApp } from '../../support/server/app.ts';
import { appointmentBody, buildSpa, NINE_TO_SIX } from '../../support/spa/build-spa.ts';
import { daysAhead } from '../../support/hotel/build.ts';
import { countDeadlocks, send } from '../../support/race.ts';
import { spawnServer } from '../../support/server/server.ts';
import type { TestServer } from '../../support/server/server.ts';

let t: TestApp;
let servers: TestServer[];

beforeAll(async () => {
  t = await startTestApp();
  // Two processes on one database, with no jobs, so that nothing but the requests releases anything.
  const variables = { DATABASE_URL: t.database.url, RUN_JOBS: 'false', LOG_LEVEL: 'info', NODE_ENV: 'test' };
  servers = await Promise.all([
    spawnServer({ ...variables, RATE_LIMIT_SCALE: '0' }),
    spawnServer({ ...variables, RATE_LIMIT_SCALE: '0' }),
  ]);
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await t.close();
});

const sendAll = (
  count: number,
  request: (index: number) => Parameters<typeof send> extends [string, ...infer Rest] ? Rest : never,
) =>
  Promise.all(
    Array.from({ length: count }, (_, index) => send(servers[index % servers.length]?.url ?? '', ...request(index))),
  );

test('the same call to two servers fifty times at once is one booking and one answer', async () => {
  const spa = await buildSpa(t.ctx);
  const token = await makeKey(t, spa.propertyId);
  const args = { startsAt: `${daysAhead(30)}T10:00`, guest: dana };
  const body = {
    message: { type: 'tool-calls', toolCallList: [{ id: 'once', name: 'create_booking', arguments: args }] },
  };
  const answers = await sendAll(50, () => ['POST', `/v1/agent/properties/${spa.slug}/tools`, { body, token }]);
  expect(new Set(answers.map((answer) => `${String(answer.status)} ${answer.body.results[0].result}`)).size).toBe(1);
  expect(JSON.parse(answers[0]?.body.results[0].result).ok).toBe(true);
  const booked = await t.database.sql('SELECT 1 FROM bookings WHERE property_id = $1', [spa.propertyId]);
  expect(booked).toHaveLength(1);
});

test('of a hundred agents and a hundred websites who want one time, one has it', async () => {
  const spa = await buildSpa(t.ctx, { providers: { DANIELLE: NINE_TO_SIX } });
  const token = await makeKey(t, spa.propertyId);
  const startsAt = `${daysAhead(31)}T10:00`;
  const answers: Answer[] = await sendAll(200, (index) =>
    index % 4 < 2
      ? ['POST', `/v1/agent/properties/${spa.slug}/tools/create_booking`, { body: { startsAt, guest: dana }, token }]
      : ['POST', `${spa.path}/bookings`, { body: appointmentBody({ startsAt }) }],
  );
  const outcomes = answers.map(({ status, body }) =>
    status === 200 ? (body.problem?.code ?? 'booked') : (body.code ?? 'booked'),
  );
  const count = (outcome: string) => outcomes.filter((each) => each === outcome).length;
  expect({ booked: count('booked'), taken: count('slot_taken') }).toEqual({ booked: 1, taken: 199 });
  expect(await countDeadlocks(t.database)).toBe(0);
});
