import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp } from '../../../support/server/app.ts';
import type { TestApp } from '../../../support/server/app.ts';
import { daysAhead } from '../../../support/hotel/build.ts';
import { openDesk } from '../../../support/hotel/desk.ts';
import type { Desk } from '../../../support/hotel/desk.ts';

let t: TestApp;
let desk: Desk;
const PAGE = 4;

beforeAll(async () => {
  t = await startTestApp();
  desk = await openDesk(t, { rooms: 80 });
  for (let count = 0; count < 21; count += 1) {
    await desk.confirm({ checkIn: daysAhead(3 + (count % 3)), checkOut: daysAhead(7) });
  }
  // Some lapse at the very same moment, and some never.
  await t.database.sql(
    `UPDATE bookings SET capture_before = '2026-12-01T00:00:00Z'::timestamptz + mod(right(code, 1)::int, 3) * interval '1 day'
     WHERE mod(right(code, 1)::int, 5) > 1`,
  );
  // The hardest case for a cursor: many made at the very same moment.
  await t.database.sql(`UPDATE bookings SET created_at = '2026-01-01T00:00:00Z' WHERE mod(right(code, 1)::int, 2) = 0`);
});
afterAll(() => t.close());

/** All codes, page by page, with something happening between the pages. */
async function walk(query: string, between: () => Promise<unknown> = async () => undefined): Promise<string[]> {
  const seen: string[] = [];
  let cursor = '';
  for (;;) {
    const { body } = await desk.call('GET', `/bookings?limit=${String(PAGE)}&${query}${cursor}`);
    expect(body.items.length).toBeLessThanOrEqual(PAGE);
    seen.push(...body.items.map(({ code }: { code: string }) => code));
    if (body.nextCursor === null) return seen;
    expect(body.items).toHaveLength(PAGE);
    cursor = `&cursor=${encodeURIComponent(body.nextCursor)}`;
    await between();
  }
}

async function listAll(query: string): Promise<string[]> {
  const { body } = await desk.call('GET', `/bookings?limit=200&${query}`);
  expect(body.nextCursor).toBeNull();
  return body.items.map(({ code }: { code: string }) => code);
}

const SORTS = ['sort=-createdAt', 'sort=createdAt', 'sort=startsAt', 'sort=-startsAt', 'sort=captureBefore'];

test.each([...SORTS, 'status=CONFIRMED&source=STAFF'])(
  'pages of %s show every row once, in the order of the whole list',
  async (query) => {
    const all = await listAll(query);
    expect(all.length).toBeGreaterThanOrEqual(21);
    expect(await walk(query)).toEqual(all);
  },
);

test.each(SORTS)('pages of %s lose no row and repeat none while bookings are made', async (query) => {
  const before = await listAll(query);
  const walked = await walk(query, () => desk.confirm({ checkIn: daysAhead(4), checkOut: daysAhead(7) }));
  expect(new Set(walked).size).toBe(walked.length);
  expect(walked.filter((code) => before.includes(code))).toEqual(before);
});

test('the approval queue begins with what lapses first, and ends with what never does', async () => {
  const { body } = await desk.call('GET', '/bookings?limit=200&sort=captureBefore');
  const ends: (string | null)[] = body.items.map(
    ({ captureBefore }: { captureBefore: string | null }) => captureBefore,
  );
  expect(new Set(ends).size).toBe(4);
  const sorted = ends.toSorted((one, other) => (one ?? 'never').localeCompare(other ?? 'never'));
  expect(ends).toEqual(sorted);
  expect(ends.at(-1)).toBeNull();
});

test('a page that ends exactly with the list has no next one', async () => {
  const total = (await listAll('')).length;
  const { body } = await desk.call('GET', `/bookings?limit=${String(total)}`);
  expect(body.items).toHaveLength(total);
  expect(body.nextCursor).toBeNull();
});

test('a page has 50 rows unless asked for more', async () => {
  while ((await listAll('')).length <= 50) await desk.confirm({ checkIn: daysAhead(40), checkOut: daysAhead(41) });
  expect((await desk.call('GET', '/bookings')).body.items).toHaveLength(50);
});
