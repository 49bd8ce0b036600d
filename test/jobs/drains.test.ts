import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { Notifier, startDrains } from '../../src/jobs/drains.ts';
import { startTestApp } from '../support/server/app.ts';
import type { TestApp } from '../support/server/app.ts';
import { until } from '../support/server/starting-server.ts';

let t: TestApp;

beforeAll(async () => {
  t = await startTestApp();
});
afterEach(() => vi.useRealTimers());
afterAll(() => t.close());

const tell = (count: number) =>
  t.database.sql(
    `INSERT INTO outbox_messages (property_id, type, data)
     SELECT id, 'webhook_failed', '{}' FROM properties, generate_series(1, $1) WHERE slug = 'harbour-hotel'`,
    [count],
  );
const isAllNumbered = () =>
  until(async () => (await t.database.sql('SELECT 1 FROM outbox_messages WHERE seq IS NULL LIMIT 1')).length === 0);

test('a backlog of events is numbered without a rest, however many goes it takes', async () => {
  await tell(2_345);
  // Time stands still: whoever waits, waits for ever.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const drains = startDrains(t.ctx, new Notifier());
  await isAllNumbered();
  let isOver = false;
  const stopped = drains.stop().finally(() => (isOver = true));
  await until(async () => {
    await vi.advanceTimersByTimeAsync(100);
    return isOver;
  });
  await stopped;
});

test('events that come one by one are numbered as they come', async () => {
  const drains = startDrains(t.ctx, new Notifier());
  for (let count = 0; count < 3; count += 1) {
    await tell(1);
    await isAllNumbered();
  }
  await drains.stop();
  await tell(1);
  expect(await t.database.sql('SELECT 1 FROM outbox_messages WHERE seq IS NULL')).toHaveLength(1);
});
