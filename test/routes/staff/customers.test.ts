import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApp } from '../../support/server/app.ts';
import type { TestApp } from '../../support/server/app.ts';
import { openDesk } from '../../support/hotel/desk.ts';
import type { Desk } from '../../support/hotel/desk.ts';
import { refusal } from '../../support/http/problems.ts';
import { countStatements } from '../../support/database/queries.ts';

let t: TestApp;
let desk: Desk;
let other: Desk;

const PEOPLE = [
  { firstName: 'Aoife', lastName: 'Byrne', email: 'Aoife.Byrne@example.com', phone: '+35315550100' },
  { firstName: 'Brian', lastName: 'Walsh', email: 'brian@example.com', phone: '+35315550101' },
  { firstName: '100%', lastName: 'Under_score', email: 'percent@example.com' },
  { firstName: 'Mary Rose', lastName: 'O’Byrne', email: 'mary@example.com' },
];

beforeAll(async () => {
  t = await startTestApp();
  [desk, other] = await Promise.all([openDesk(t, { rooms: 40 }), openDesk(t)]);
  for (const guest of PEOPLE) await desk.book({ guest });
  await other.book({ guest: { ...PEOPLE[0], firstName: 'Elsewhere' } });
});
afterAll(() => t.close());

const list = async (query: Record<string, string>, at = desk) =>
  at.call('GET', `/customers?${new URLSearchParams(query).toString()}`);
const namesOf = async (query: Record<string, string>) =>
  (await list(query)).body.items.map(({ firstName }: { firstName: string }) => firstName);

describe('finding customers', () => {
  test('all of the property, and of no other, the newest first', async () => {
    expect(await namesOf({})).toEqual(['Mary Rose', '100%', 'Brian', 'Aoife']);
    const { items } = (await list({ email: 'brian@example.com' })).body;
    expect(items).toEqual([
      {
        ...PEOPLE[1],
        id: expect.any(String),
        createdAt: expect.any(String),
        lastBookedAt: expect.any(String),
      },
    ]);
  });

  test.each([
    ['an address, however it is written', { email: 'AOIFE.byrne@Example.com' }, ['Aoife']],
    ['an address nobody has', { email: 'nobody@example.com' }, []],
    ['a telephone number, however it is written', { phone: '+353-1-5550100' }, ['Aoife']],
    ['a part of a telephone number is none', { phone: '5550100' }, []],
    ['the beginning of a first name', { q: 'aoi' }, ['Aoife']],
    ['the beginning of a last name', { q: 'walsh' }, ['Brian']],
    ['both, in any order', { q: 'byrne aoife' }, ['Aoife']],
    ['the beginning of an address', { q: 'mary@' }, ['Mary Rose']],
    ['a telephone number as text', { q: '353 1 555 0101' }, ['Brian']],
    ['signs that would match anything match themselves', { q: '%' }, []],
    ['a sign in its place', { q: '100%' }, ['100%']],
    ['an underscore in its place', { q: 'Under_' }, ['100%']],
    ['an underscore where there is a letter', { q: '_oife' }, []],
    ['a text without digits is no telephone', { q: '()' }, []],
    ['several conditions at once', { q: 'byrne', email: 'brian@example.com' }, []],
  ])('%s', async (_, query, names) => {
    expect(await namesOf(query)).toEqual(names);
  });

  test('pages show everybody once, also those made at the same moment', async () => {
    await t.database.sql(`UPDATE customers SET created_at = '2026-01-01T00:00:00Z' WHERE property_id = $1`, [
      desk.hotel.propertyId,
    ]);
    const all = (await list({})).body.items.map(({ id }: { id: string }) => id);
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body } = await list({ limit: '1', ...(cursor !== '' && { cursor }) });
      seen.push(...body.items.map(({ id }: { id: string }) => id));
      cursor = body.nextCursor;
    }
    expect(seen).toEqual(all);
    expect(seen).toHaveLength(PEOPLE.length);
  });

  test('a cursor of another list, and an unknown member of the query, are refused', async () => {
    expect(await list({ cursor: 'nonsense' })).toMatchObject(refusal('validation_failed'));
    expect(await list({ name: 'Aoife' })).toMatchObject(refusal('validation_failed'));
  });
});

describe('one customer', () => {
  test('has what they booked last', async () => {
    const { id } = (await list({ q: 'brian' })).body.items[0];
    const { code } = await desk.book({ guest: PEOPLE[1] });
    const answer = await desk.call('GET', `/customers/${String(id)}`);
    expect(answer).toMatchObject({ status: 200, body: { id, firstName: 'Brian', phone: '+35315550101' } });
    expect(answer.body.bookings).toHaveLength(2);
    expect(answer.body.bookings[0]).toMatchObject({ code, kind: 'STAY', status: 'PENDING_PAYMENT', currency: 'EUR' });
  });

  test('is 404 where they are a customer of another property, or nobody', async () => {
    const { id } = (await list({}, other)).body.items[0];
    for (const unknown of [String(id), '0199f0c5-7b7e-7c7a-8d55-0c3a5b1f2e11']) {
      expect(await desk.call('GET', `/customers/${unknown}`)).toMatchObject(refusal('not_found'));
    }
    expect(await desk.call('GET', '/customers/me')).toMatchObject(refusal('validation_failed'));
  });
});

test('a list costs as many statements for one customer as for many, and so does one with many bookings', async () => {
  const few = await countStatements(() => list({ limit: '1' }));
  expect(await countStatements(() => list({ limit: '200' }))).toBe(few);
  const [{ id }] = (await list({ q: 'mary' })).body.items;
  const one = await countStatements(() => desk.call('GET', `/customers/${String(id)}`));
  for (let count = 0; count < 5; count += 1) await desk.book({ guest: PEOPLE[3] });
  expect(await countStatements(() => desk.call('GET', `/customers/${String(id)}`))).toBe(one);
});
