import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SEALED_COLUMNS } from '../../src/services/core/secrets/sealed-columns.ts';
import { startTestApp } from '../support/server/app.ts';
import type { TestApp } from '../support/server/app.ts';
import { openDesk } from '../support/hotel/desk.ts';
import { daysAhead, stayBody } from '../support/hotel/build.ts';
import { dumpTables } from '../support/database/tables.ts';

/**
 * How each column with a hash is made. A new one belongs here first.
 *
 * Only what nobody can guess is hashed without a key: 256 random bits. A password has a slow hash with a salt.
 */
const HASHES: Readonly<Record<string, 'HMAC' | 'OF_RANDOM_BITS' | 'ARGON2' | 'NOT_WRITTEN'>> = {
  'agent_proposals.token_hash': 'OF_RANDOM_BITS',
  'api_keys.key_hash': 'OF_RANDOM_BITS',
  'booking_claims.network_hash': 'HMAC',
  'booking_claims.phone_hash': 'HMAC',
  'customers.phone_hash': 'HMAC',
  'guest_tokens.token_hash': 'OF_RANDOM_BITS',
  'idempotency_keys.request_hash': 'NOT_WRITTEN',
  'party_members.phone_hash': 'HMAC',
  'providers.calendar_token_hash': 'OF_RANDOM_BITS',
  'refresh_tokens.token_hash': 'OF_RANDOM_BITS',
  'users.password_hash': 'ARGON2',
};

let t: TestApp;

beforeAll(async () => {
  t = await startTestApp();
});
afterAll(() => t.close());

async function findColumns(condition: string): Promise<string[]> {
  const rows = await t.database.sql<{ name: string }>(
    `SELECT c.table_name || '.' || c.column_name AS name FROM information_schema.columns c
     JOIN information_schema.tables t USING (table_schema, table_name)
     WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND (${condition}) ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
}

test('every column of sealed text is in the registry that a rotation of keys goes through', async () => {
  expect(await findColumns(`c.column_name ~ '_sealed$'`)).toEqual(Object.keys(SEALED_COLUMNS).sort());
});

test('every column with bytes or a hash says how it is made', async () => {
  const columns = await findColumns(`c.data_type = 'bytea' OR c.column_name ~ 'hash|digest|fingerprint'`);
  expect(columns).toEqual(Object.keys(HASHES).sort());
});

test('no hash in the database can be computed from what a guest typed', async () => {
  const desk = await openDesk(t);
  const guest = { firstName: 'Aoife', lastName: 'Byrne', email: 'canary@example.com', phone: '+353 1 555 0177' };
  const body = stayBody({ guest, booker: { ...guest, email: 'booker@example.com' }, checkOut: daysAhead(31) });
  const headers = { 'idempotency-key': 'a-key-of-enough-letters' };
  const booked = await t.call('POST', `${desk.hotel.path}/bookings`, { body, headers });
  expect(booked.status).toBe(201);
  await desk.call('POST', `/bookings/${String(booked.body.booking.code)}/cancel`, { body: { reason: 'x' }, headers });
  const typed = [guest.phone, '+35315550177', '35315550177', '15550177', guest.email, 'booker@example.com'];
  const requests = [body, [{ slug: desk.hotel.slug }, body]].flatMap((value) => [
    JSON.stringify(value),
    JSON.stringify(sortMembers(value)),
  ]);
  const tables = JSON.stringify(await dumpTables(t.database));
  for (const text of [...typed, ...requests]) {
    for (const algorithm of ['md5', 'sha1', 'sha256', 'sha512'] as const) {
      for (const encoding of ['hex', 'base64', 'base64url'] as const) {
        expect(tables).not.toContain(createHash(algorithm).update(text).digest(encoding));
      }
    }
  }
  const [kept] = await t.database.sql<{ count: number }>(
    'SELECT count(*)::int AS count FROM idempotency_keys WHERE request_hash IS NOT NULL OR request_sealed IS NULL',
  );
  expect(kept?.count).toBe(0);
});

/** Sorts the members of objects, as the hash of a request does. */
function sortMembers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortMembers);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, member]) => [name, sortMembers(member)]));
}
