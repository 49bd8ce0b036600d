import { afterAll, beforeAll, expect, test } from 'vitest';
import { seedDemo } from '../../prisma/seed.ts';
import { startTestApp } from '../support/server/app.ts';
import type { TestApp } from '../support/server/app.ts';
import { dumpTables } from '../support/database/tables.ts';

// The demo data as it is promised (SPEC §14 and the end of §16), read as callers read it.

let t: TestApp;

beforeAll(async () => {
  t = await startTestApp();
});
afterAll(() => t.close());

const SLUGS = ['harbour-hotel', 'monsoon-palace', 'ember-hibachi', 'glow-medspa'];
const readProperty = async (slug: string) => (await t.call('GET', `/v1/public/properties/${slug}`)).body;
const asOwner = async (slug: string, path: string) =>
  (await t.call('GET', `/v1/staff/properties/${slug}${path}`, { token: await t.tokenFor(`owner@${slug}.example`) }))
    .body;

test.each(SLUGS)('%s is LIVE, can be called, and its people can sign in', async (slug) => {
  expect(await readProperty(slug)).toMatchObject({ slug, phone: expect.stringMatching(/^\+/) });
  for (const mailbox of ['owner', 'manager', 'frontdesk', 'housekeeping', 'viewer']) {
    const body = { email: `${mailbox}@${slug}.example`, password: 'holdfast-demo' };
    expect((await t.call('POST', '/v1/auth/login', { body })).status, mailbox).toBe(200);
  }
});

test('the caterer sells a party at your address, by the head, with a deposit', async () => {
  expect(await readProperty('ember-hibachi')).toMatchObject({
    timezone: 'America/Los_Angeles',
    currency: 'USD',
    roomTypes: [],
    policies: { paymentPolicy: 'DEPOSIT', depositPolicy: { type: 'FIXED', value: 10_000 }, bookingWindowDays: 540 },
    services: [
      {
        code: 'HIBACHI',
        durationMinutes: 120,
        pricing: 'PER_PERSON',
        adultPrice: 5_500,
        childPrice: 3_000,
        minimumTotal: 55_000,
        isAtGuests: true,
        minNoticeMinutes: 1_440,
        maxAdults: 40,
        maxChildren: 40,
        providers: [{ code: 'STATION-1' }, { code: 'STATION-2' }, { code: 'STATION-3' }],
      },
    ],
    zones: [
      { code: 'A', fee: 0 },
      { code: 'B', fee: 3_500 },
      { code: 'C', fee: 7_500 },
    ],
  });
  const [hibachi] = (await asOwner('ember-hibachi', '/services')).items;
  expect(hibachi).toMatchObject({ bufferBeforeMinutes: 30, bufferAfterMinutes: 30, slotStepMinutes: 15 });
  expect(await asOwner('ember-hibachi', '')).toMatchObject({ approval: 'AUTOMATIC' });
  const hours = await asOwner('ember-hibachi', '/providers/STATION-3/hours');
  expect(hours.weekly).toEqual([1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, from: '11:00', to: '22:00' })));
});

test('no postal code is in two zones of the caterer', async () => {
  const { items } = await asOwner('ember-hibachi', '/zones');
  const prefixes: string[] = items.flatMap(({ postalCodes }: { postalCodes: string[] }) => postalCodes);
  expect(prefixes.length).toBeGreaterThan(3);
  for (const prefix of prefixes) expect(prefixes.filter((other) => other.startsWith(prefix))).toEqual([prefix]);
});

test('the med spa sells three services by two people, paid there', async () => {
  const both = [{ code: 'DANIELLE' }, { code: 'RYAN' }];
  expect(await readProperty('glow-medspa')).toMatchObject({
    timezone: 'America/Chicago',
    currency: 'USD',
    roomTypes: [],
    zones: [],
    policies: { paymentPolicy: 'NONE', bookingWindowDays: 540 },
    services: [
      { code: 'FACIAL', durationMinutes: 60, price: 12_000, providers: both },
      { code: 'BOTOX', durationMinutes: 30, price: 20_000, providers: [{ code: 'DANIELLE' }] },
      { code: 'LASER', durationMinutes: 45, price: 18_000, providers: both },
    ],
  });
  const { items } = await asOwner('glow-medspa', '/services');
  expect(items).toMatchObject([
    { bufferBeforeMinutes: 0, bufferAfterMinutes: 15 },
    { bufferBeforeMinutes: 0, bufferAfterMinutes: 10 },
    { bufferBeforeMinutes: 0, bufferAfterMinutes: 15 },
  ]);
  for (const code of ['DANIELLE', 'RYAN']) {
    const { weekly } = await asOwner('glow-medspa', `/providers/${code}/hours`);
    const week = [1, 2, 3, 4, 5, 6].map((weekday) => ({ weekday, from: '09:00', to: '18:00' }));
    expect(weekly).toEqual([...week, { weekday: 7, from: '10:00', to: '16:00' }]);
  }
});

test('a second time changes nothing', async () => {
  const before = await dumpTables(t.database);
  await seedDemo(t.ctx);
  expect(await dumpTables(t.database)).toEqual(before);
});
