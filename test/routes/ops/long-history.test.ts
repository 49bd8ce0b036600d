import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp } from '../../support/server/app.ts';
import type { TestApp } from '../../support/server/app.ts';
import { daysAhead } from '../../support/hotel/build.ts';
import { hire } from '../../support/hotel/desk.ts';
import { stopAutovacuum, writeHistory } from '../../support/database/history.ts';

// What staff ask every day must not cost more as the years go by. Counted in blocks, not in time.

const SHORT = { slug: 'monsoon-palace', count: 200, prefix: 'S' };
const LONG = { slug: 'harbour-hotel', count: 20_000, prefix: 'L' };

let t: TestApp;
const tokens = new Map<string, string>();

beforeAll(async () => {
  t = await startTestApp({ DATABASE_POOL_SIZE: '2' });
  await stopAutovacuum(t.database);
  for (const history of [SHORT, LONG]) {
    await writeHistory(t.database, history);
    tokens.set(history.slug, await t.tokenFor(`owner@${history.slug}.example`));
  }
}, 60_000);
afterAll(() => t.close());

async function countBlocks(): Promise<number> {
  // Both connections are to say what they have read.
  await t.ctx.db.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT pg_stat_force_next_flush()::text`;
    await t.ctx.db.$queryRaw`SELECT pg_stat_force_next_flush()::text`;
  });
  const [row] = await t.database.sql<{ blocks: number }>(
    `SELECT sum(heap_blks_hit + heap_blks_read + coalesce(idx_blks_hit, 0) + coalesce(idx_blks_read, 0))::int AS blocks
     FROM pg_statio_user_tables`,
  );
  return row?.blocks ?? 0;
}

/** The blocks that an answer takes, and how much it shows. */
async function ask(slug: string, path: string, token = tokens.get(slug)): Promise<{ blocks: number; items: number }> {
  const get = () => t.call('GET', `/v1/staff/properties/${slug}/${path}`, { ...(token && { token }) });
  // The first of its kind plans its statements, and reads for that as well.
  await get();
  const before = await countBlocks();
  const { status, body } = await get();
  expect(status).toBe(200);
  return { blocks: (await countBlocks()) - before, items: (body.items ?? body.entries).length };
}

test.each([
  ['the newest bookings', () => 'bookings?limit=1', 1],
  ['what is to be decided', () => 'bookings?status=PENDING_APPROVAL&sort=captureBefore', 0],
  ['the newest of a status', () => 'bookings?status=CONFIRMED&limit=1&sort=-createdAt', 1],
  ['bookings of a week', () => `bookings?from=${daysAhead(-20)}&to=${daysAhead(-14)}&sort=startsAt&limit=1`, 1],
  ['bookings made in a week', () => `bookings?createdFrom=${daysAhead(-20)}&createdTo=${daysAhead(-14)}&limit=1`, 1],
  ['the beginning of a code', (prefix: string) => `bookings?q=bk-${prefix}-00007`, 10],
  ['the beginning of an address', (prefix: string) => `bookings?q=${prefix}000077@`, 1],
  ['the beginning of a first name', (prefix: string) => `bookings?q=${prefix}000077`, 1],
  ['a first and a last name', (prefix: string) => `bookings?q=guest000077%20${prefix}000077`, 1],
  ['a name that nobody has', () => 'bookings?q=Nobody', 0],
  ['a week', () => `calendar/week?start=${daysAhead(-20)}`, 48],
  ['a day', () => `calendar/day?date=${daysAhead(-20)}`, 12],
  ['customers by the beginning of a name', () => 'customers?q=guest000077', 1],
  ['customers by an address', (prefix: string) => `customers?email=${prefix}000077@example.com`, 1],
])('%s: read as quickly from a hundred times the history', async (_what, spell, items) => {
  const [short, long] = [await ask(SHORT.slug, spell(SHORT.prefix)), await ask(LONG.slug, spell(LONG.prefix))];
  expect([short.items, long.items]).toEqual([items, items]);
  expect(long.blocks).toBeLessThanOrEqual(2 * short.blocks + 64);
});

test('what housekeeping sees of today: read as quickly from a hundred times the history', async () => {
  const askAsHousekeeper = async (slug: string) => {
    const { id } = await t.ctx.db.property.findUniqueOrThrow({ where: { slug } });
    return ask(slug, 'bookings?limit=1', await hire(t, id, 'HOUSEKEEPING'));
  };
  const [short, long] = [await askAsHousekeeper(SHORT.slug), await askAsHousekeeper(LONG.slug)];
  expect(long.items).toEqual(short.items);
  expect(long.blocks).toBeLessThanOrEqual(2 * short.blocks + 64);
});
