import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDesk } from '../../support/hotel/desk.ts';
import type { Desk } from '../../support/hotel/desk.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { TestApp } from '../../support/server/app.ts';

let t: TestApp;
let desk: Desk;

const PEOPLE = [
  ['Иван', 'Петров', 'ivan@example.com'],
  ['Élodie', 'Lefèvre', 'elodie@example.com'],
  ['Ayşe', 'Çelik', 'ayse@example.com'],
  ['Conan', 'O’Brien', 'conan@example.com'],
  ['Jan', 'van der Berg', 'jan@example.com'],
  ['Lars', 'Sørensen', 'lars@example.com'],
] as const;

beforeAll(async () => {
  t = await startTestApp();
  desk = await openDesk(t, { rooms: 20 });
  for (const [firstName, lastName, email] of PEOPLE) {
    await desk.confirm({ guest: { firstName: firstName.normalize('NFD'), lastName, email } });
  }
});
afterAll(() => t.close());

test.each([
  ['иван', 'ivan'],
  ['ПЕТРОВ', 'ivan'],
  ['élodie', 'elodie'],
  ['elodie lefevre', 'elodie'],
  ['Élodie'.normalize('NFD'), 'elodie'],
  ['çelik', 'ayse'],
  ['celik', 'ayse'],
  ["O'Brien", 'conan'],
  ['O’Brien', 'conan'],
  ['o brien', 'conan'],
  ['van der Berg', 'jan'],
  ['sorensen', 'lars'],
  ['SØREN', 'lars'],
  ['Lars@Example', 'lars'],
])('staff who search %s find %s, among bookings and among customers', async (text, local) => {
  const q = encodeURIComponent(text);
  const bookings = await desk.call('GET', `/bookings?q=${q}`);
  const customers = await desk.call('GET', `/customers?q=${q}`);
  const emails = [
    ...bookings.body.items.map((item: { guest: { email: string } }) => item.guest.email),
    ...customers.body.items.map((item: { email: string }) => item.email),
  ];
  expect(emails).toEqual([`${local}@example.com`, `${local}@example.com`]);
});
