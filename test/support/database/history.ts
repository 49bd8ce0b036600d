import type { TestDatabase } from './database.ts';

/** Stays a day, whatever their number: a longer history goes further back, and no day has more of it. */
const PER_DAY = 6;

/**
 * Gives a property so many stays of the past, all completed, the latest of them yesterday, each of a guest of its own.
 *
 * The n-th is `BK-<prefix>-<n>` of `<prefix><n> Guest<n>`, spelled with six digits.
 */
export async function writeHistory(
  database: TestDatabase,
  { slug, count, prefix }: { readonly slug: string; readonly count: number; readonly prefix: string },
): Promise<void> {
  await database.sql(
    `WITH place AS (
       SELECT p.id AS property_id, (SELECT id FROM room_types WHERE property_id = p.id ORDER BY code LIMIT 1) AS room_type_id
       FROM properties p WHERE p.slug = $1
     ), past AS (
       SELECT gen_random_uuid() AS id, gen_random_uuid() AS customer_id, lpad(n::text, 6, '0') AS number,
         date_trunc('day', now()) - (n / $4::int + 1.5) * interval '1 day' AS starts_at
       FROM generate_series(1, $2::int) n
     ), guests AS (
       INSERT INTO customers (id, property_id, email_normalized, first_name, last_name, email, created_at, last_booked_at)
       SELECT customer_id, property_id, lower($3) || number || '@example.com', $3 || number, 'Guest' || number,
         lower($3) || number || '@example.com', starts_at, starts_at FROM past, place
     ), booked AS (
       INSERT INTO bookings (id, property_id, customer_id, code, kind, status, approval, source, price, currency, total_payable,
         deposit_due, waived_amount, starts_at, ends_at, reserved_at, confirmed_at, created_at, updated_at)
       SELECT id, property_id, customer_id, 'BK-' || $3 || '-' || number, 'STAY', 'CONFIRMED', 'AUTOMATIC', 'IMPORT',
         '{"currency": "EUR", "lines": [], "taxes": [], "baseAmount": 100, "totalPayable": 100}', 'EUR', 100, 0, 100, starts_at,
         starts_at + interval '1 day', starts_at, starts_at, starts_at, starts_at FROM past, place
     ), nights AS (
       INSERT INTO stays (booking_id, room_type_id, check_in_on, check_out_on, held_until_on, adults, children)
       SELECT id, room_type_id, starts_at::date, starts_at::date + 1, starts_at::date + 1, 2, 0 FROM past, place
     )
     INSERT INTO party_members (booking_id, role, first_name, last_name, email)
     SELECT id, 'PRIMARY', $3 || number, 'Guest' || number, lower($3) || number || '@example.com' FROM past`,
    [slug, count, prefix, PER_DAY],
  );
  // What it reads is told to the statistics now, not while a request is measured.
  await database.sql('SELECT pg_stat_force_next_flush(); ANALYZE');
}

/** Keeps autovacuum off every table, whose reads would else be counted as those of a request. */
export async function stopAutovacuum(database: TestDatabase): Promise<void> {
  await database.sql(
    `DO $$ DECLARE t regclass; BEGIN
       FOR t IN SELECT relid FROM pg_stat_user_tables LOOP
         EXECUTE format('ALTER TABLE %s SET (autovacuum_enabled = false)', t);
       END LOOP;
     END $$`,
  );
}
