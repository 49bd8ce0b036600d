import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cloneDatabase } from '../../support/database/database.ts';
import type { TestDatabase } from '../../support/database/database.ts';
import { buildStranger, refusalOf } from '../../support/database/rows.ts';
import type { Row, Stranger } from '../../support/database/rows.ts';

// What the database promises of events, whoever writes. Every row here is written by a stranger to the application.

let database: TestDatabase;
let stranger: Stranger;
let lastSeq = 1_000;

beforeAll(async () => {
  database = await cloneDatabase();
  stranger = await buildStranger(database);
});
afterAll(() => database.drop());

const insertMessage = (row: Row = {}) =>
  stranger.insert('outbox_messages', {
    property_id: stranger.propertyId,
    type: 'booking_created',
    data: '{"bookingCode": "BK-2027-0001"}',
    ...row,
  });
const insertNumbered = () => insertMessage({ seq: (lastSeq += 1), published_at: '2027-01-01T00:00Z' });
const change = (id: string, set: string) =>
  refusalOf(database.sql(`UPDATE outbox_messages SET ${set} WHERE id = $1`, [id]));
const insertProperty = (row: Row = {}) =>
  stranger.insert('properties', {
    id: randomUUID(),
    slug: `place-${randomUUID()}`,
    name: 'Place',
    timezone: 'Europe/Dublin',
    currency: 'EUR',
    ...row,
  });

test.each([
  'seq = seq + 5000',
  'seq = NULL, published_at = NULL',
  'published_at = app_now()',
  "type = 'booking_cancelled'",
  `data = '{"bookingCode": "BK-2027-0002"}'`,
  "occurred_at = '2020-01-01'",
  'booking_id = gen_random_uuid()',
  "property_id = (SELECT id FROM properties WHERE slug = 'monsoon-palace')",
  'id = id + 1000000',
  'data = data',
])('an event that has its number is not changed by %s', async (set) => {
  expect(await change(await insertNumbered(), set)).toBe('outbox_messages_fixed');
});

test.each([
  "type = 'booking_cancelled'",
  `data = '{"bookingCode": "BK-2027-0002"}'`,
  "property_id = (SELECT id FROM properties WHERE slug = 'monsoon-palace')",
  'id = id + 1000000',
])('an event that waits for its number is not changed by %s', async (set) => {
  expect(await change(await insertMessage(), set)).toBe('outbox_messages_fixed');
});

test('an event that waits for its number gets it, with the time', async () => {
  const id = await insertMessage();
  expect(await change(id, `seq = ${String((lastSeq += 1))}, published_at = app_now()`)).toBe('accepted');
});

test.each([
  ['a number without a time', 'seq = 7'],
  ['a time without a number', 'published_at = app_now()'],
  ['the number 0', 'seq = 0, published_at = app_now()'],
  ['a negative number', 'seq = -1, published_at = app_now()'],
])('no event has %s', async (_, set) => {
  expect(await change(await insertMessage(), set)).toBe('outbox_messages_numbered_when_published');
});

test('no two events of a property have one number, and two properties have theirs', async () => {
  const numbered = { seq: (lastSeq += 1), published_at: '2027-01-01T00:00Z' };
  await insertMessage(numbered);
  expect(await refusalOf(insertMessage(numbered))).toBe('outbox_messages_seq_unique');
  expect(await refusalOf(insertMessage({ ...numbered, property_id: await insertProperty() }))).toBe('accepted');
});

test.each([
  ['a', 7_990, 'accepted'],
  ['a', 7_991, 'outbox_messages_small'],
  ['é', 3_995, 'accepted'],
  ['é', 3_996, 'outbox_messages_small'],
])(
  'of an event whose text is %s, %i times, and nine signs around it, the answer is %s',
  async (sign, times, answer) => {
    const data = `{"x": "${sign.repeat(times)}"}`;
    expect(await refusalOf(insertMessage({ data }))).toBe(answer);
  },
);

test('a new property has a feed that begins at nothing, and a cursor in each channel there is', async () => {
  const first = await insertProperty();
  const cursorsOf = (id: string) =>
    database.sql('SELECT channel, last_seq::int, attempts FROM feed_cursors WHERE property_id = $1 ORDER BY 1', [id]);
  expect(await database.sql('SELECT last_seq::int FROM feeds WHERE property_id = $1', [first])).toEqual([
    { last_seq: 0 },
  ]);
  for (const channel of ['MAIL', 'PUSHER']) {
    await database.sql(
      'INSERT INTO feed_cursors (channel, property_id, last_seq) SELECT $1, property_id, 0 FROM feeds',
      [channel],
    );
  }
  expect(await cursorsOf(await insertProperty())).toEqual([
    { channel: 'MAIL', last_seq: 0, attempts: 0 },
    { channel: 'PUSHER', last_seq: 0, attempts: 0 },
  ]);
});

test('every property there is has a feed', async () => {
  const without = 'SELECT slug FROM properties p WHERE NOT EXISTS (SELECT FROM feeds f WHERE f.property_id = p.id)';
  expect(await database.sql(without)).toEqual([]);
});

test('a property has one feed, one cursor per channel, and keeps them', async () => {
  const property = await insertProperty();
  expect(await refusalOf(stranger.insert('feeds', { property_id: property }))).toBe('feeds_pkey');
  await stranger.insert('feed_cursors', { channel: 'POST', property_id: property });
  const second = stranger.insert('feed_cursors', { channel: 'POST', property_id: property });
  expect(await refusalOf(second)).toBe('feed_cursors_pkey');
  const gone = refusalOf(database.sql('DELETE FROM properties WHERE id = $1', [property]));
  expect(await gone).toMatch(/^feed(s|_cursors)_property_id_fkey$/);
});
