import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Db } from '../../../src/db/client.ts';
import { requestOf } from '../../support/server/request-of.ts';
import { addDays } from '../../../src/domain/time/calendar.ts';
import { createCalendarLink } from '../../../src/services/desk/calendar/create-calendar-link.ts';
import { readProviderFeed } from '../../../src/services/desk/calendar/read-provider-feed.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { TestApp } from '../../support/server/app.ts';
import { NOW, staffSpa, TODAY } from '../../support/spa/build-spa.ts';
import { travelTo } from '../../support/database/clock.ts';

let t: TestApp;

beforeAll(async () => {
  t = await startTestApp();
  await travelTo(t.database, NOW);
});
afterAll(() => t.close());

/** Thousands of appointments that are long over, of a property's providers in turns. */
async function writePast(propertyId: string): Promise<void> {
  await t.database.sql(
    `WITH past AS (
       SELECT gen_random_uuid() AS id, n, timestamptz '2020-01-01' + n * interval '1 hour' AS starts_at FROM generate_series(1, 6000) n
     ), booked AS (
       INSERT INTO bookings (id, property_id, customer_id, code, kind, status, approval, source, price, currency, total_payable,
         deposit_due, starts_at, ends_at, created_at, updated_at)
       SELECT p.id, c.property_id, c.id, 'BK-PAST-' || n, 'APPOINTMENT', 'CONFIRMED', 'AUTOMATIC', 'IMPORT', '{}', 'USD', 0, 0,
         starts_at, starts_at + interval '30 minutes', starts_at, starts_at
       FROM past p, (SELECT id, property_id FROM customers WHERE property_id = $1 LIMIT 1) c
     )
     INSERT INTO appointments (booking_id, service_id, provider_id, occupied_from, occupied_until, adults, children)
     SELECT p.id, (SELECT id FROM services WHERE property_id = $1 LIMIT 1), v.ids[1 + n % array_length(v.ids, 1)],
       starts_at, starts_at + interval '30 minutes', 1, 0
     FROM past p, (SELECT array_agg(id) AS ids FROM providers WHERE property_id = $1) v`,
    [propertyId],
  );
  await t.database.sql('ANALYZE');
}

test('a provider’s feed reads neither what others do nor what is long over', async () => {
  const spa = await staffSpa(t);
  const { code } = await spa.booked({ startsAt: `${addDays(TODAY, 1)}T09:00`, provider: 'DANIELLE' });
  await writePast(spa.propertyId);
  const { token } = await createCalendarLink(requestOf(t.ctx), { propertyId: spa.propertyId, code: 'DANIELLE' });
  const [feed, read] = await t.ctx.db.$transaction(async (tx) => {
    const countRead = async () => {
      const [row] = await tx.$queryRaw<{ rows: number }[]>`
        SELECT (seq_tup_read + coalesce(idx_tup_fetch, 0))::int AS rows FROM pg_stat_xact_user_tables WHERE relname = 'appointments'`;
      return row?.rows ?? 0;
    };
    // The session counts what it has read since its last report, also before this transaction.
    const before = await countRead();
    const found = await readProviderFeed({ db: tx as unknown as Db }, token);
    return [found, (await countRead()) - before] as const;
  });
  expect(feed.appointments.map((one) => one.code)).toEqual([code]);
  expect(read).toBeGreaterThan(0);
  expect(read).toBeLessThan(10);
});
