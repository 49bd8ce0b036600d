import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { addDays } from '../../../src/domain/time/calendar.ts';
import { expireHolds } from '../../../src/services/selling/hold/expire-holds.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { Answer, TestApp } from '../../support/server/app.ts';
import { NOW, staffSpa, TODAY } from '../../support/spa/build-spa.ts';
import type { StaffedSpa } from '../../support/spa/build-spa.ts';
import { travelTo } from '../../support/database/clock.ts';
import { HIT, keepAnswers, openOtherProcess, openReader } from '../../support/http/cached-responses.ts';
import type { OtherProcess, Read } from '../../support/http/cached-responses.ts';
import { movedBy } from '../../support/http/metrics.ts';

const TOMORROW = addDays(TODAY, 1);
const at = (time: string, date = TOMORROW) => `${date}T${time}`;

let t: TestApp;
let other: OtherProcess;
let fresh: Awaited<ReturnType<typeof openReader>>;

beforeAll(async () => {
  t = await startTestApp();
  keepAnswers(t);
  other = await openOtherProcess(t);
  fresh = await openReader(t);
});
beforeEach(() => travelTo(t.database, NOW));
afterAll(async () => {
  await other.close();
  await fresh.close();
  await t.close();
});

const readHere: Read = async (path) => (await t.call('GET', path)).body;

/** All that a guest who looks at tomorrow sees of a spa. */
const look = async ({ path }: StaffedSpa, read: Read) => ({
  property: await read(path),
  slots: await read(`${path}/slots?service=FACIAL&from=${TOMORROW}&to=${TOMORROW}`),
  booked: await read(`${path}/booked-dates?service=FACIAL&from=${TOMORROW}&to=${TOMORROW}`),
});

interface Change {
  readonly prepare?: (spa: StaffedSpa) => Promise<string>;
  readonly change: (spa: StaffedSpa, prepared: string) => Promise<Answer>;
}

const booked = async (spa: StaffedSpa) => (await spa.booked()).code;
const timeOff = { startsAt: at('09:00'), endsAt: at('12:00') };
const takeTimeOff = (spa: StaffedSpa) => spa.call('POST', '/providers/RYAN/time-off', { body: timeOff });

const changes: Record<string, Change> = {
  'a booking': { change: (spa) => spa.book() },
  'a booking of a start that is named by its instant': {
    change: (spa) => spa.book({ startsAt: `${TOMORROW}T21:00:00Z` }),
  },
  'a guest’s cancellation': {
    prepare: async (spa) => (await spa.booked()).guestToken,
    change: (_, token) => t.call('POST', '/v1/guest/booking/cancel', { token, body: {} }),
  },
  'a cancellation at the desk': { prepare: booked, change: (spa, code) => spa.act(code, 'cancel') },
  'a move to another day': {
    prepare: booked,
    change: (spa, code) => spa.act(code, 'reschedule', { startsAt: at('10:00', addDays(TODAY, 20)) }),
  },
  'a move from another day': {
    prepare: async (spa) => (await spa.booked({ startsAt: at('10:00', addDays(TODAY, 20)) })).code,
    change: (spa, code) => spa.act(code, 'reschedule', { startsAt: at('10:00') }),
  },
  'time off': { change: takeTimeOff },
  'time off that is given back': {
    prepare: async (spa) => (await takeTimeOff(spa)).body.id,
    change: (spa, id) => spa.call('DELETE', `/providers/RYAN/time-off/${id}`),
  },
  'other hours': {
    change: (spa) =>
      spa.call('PUT', '/providers/RYAN/hours', {
        body: { weekly: [{ weekday: 2, from: '10:00', to: '11:00' }], exceptions: [] },
      }),
  },
  'a provider who is gone': {
    change: (spa) => spa.call('PATCH', '/providers/RYAN', { body: { isActive: false } }),
  },
  'another provider': {
    change: (spa) => spa.call('POST', '/providers', { body: { code: 'ANA', name: 'Ana', services: ['FACIAL'] } }),
  },
  'a longer service': {
    change: (spa) => spa.call('PATCH', '/services/FACIAL', { body: { durationMinutes: 90 } }),
  },
  'another service': {
    change: (spa) =>
      spa.call('POST', '/services', { body: { code: 'PEEL', name: 'Peel', durationMinutes: 30, price: 5_000 } }),
  },
  'another zone': {
    change: (spa) =>
      spa.call('POST', '/zones', { body: { code: 'NORTH', name: 'North', postalCodes: ['606'], fee: 0 } }),
  },
  'a name and a phone number': {
    change: (spa) => spa.call('PATCH', '', { body: { name: 'The Spa', phone: '+1 312 555 0199' } }),
  },
};

/** What is so shows here at once, and elsewhere once it is told. */
async function seesAll(spa: StaffedSpa, before: object): Promise<void> {
  const now = await look(spa, fresh.read);
  expect(now).not.toEqual(before);
  expect(await look(spa, readHere)).toEqual(now);
  await other.catchUp();
  expect(await look(spa, other.read)).toEqual(now);
}

/** What both processes now know. */
async function lookEverywhere(spa: StaffedSpa): Promise<object> {
  await other.catchUp();
  const before = await look(spa, fresh.read);
  for (const read of [readHere, other.read]) expect(await look(spa, read)).toEqual(before);
  return before;
}

test.each(Object.entries(changes))('%s shows in the next read here, and elsewhere once it is told', async (_, made) => {
  const spa = await staffSpa(t);
  const prepared = (await made.prepare?.(spa)) ?? '';
  const before = await lookEverywhere(spa);
  expect((await made.change(spa, prepared)).status).toBeOneOf([200, 201]);
  await seesAll(spa, before);
});

test('the booking of a day’s last start shows that the day is booked', async () => {
  const spa = await staffSpa(t, { providers: { RYAN: [{ fromMinute: 900, toMinute: 960 }] } });
  const before = await lookEverywhere(spa);
  expect((await spa.book()).status).toBe(201);
  await seesAll(spa, before);
  expect(await look(spa, readHere)).toMatchObject({ slots: { slots: [] }, booked: { dates: [TOMORROW] } });
});

test('time that is taken three days later shows as far as its buffers reach, by whatever clock it is named', async () => {
  const services = { FACIAL: { durationMinutes: 1_440, bufferBeforeMinutes: 1_440, bufferAfterMinutes: 1_440 } };
  const spa = await staffSpa(t, { services, providers: { RYAN: [{ fromMinute: 0, toMinute: 1_440 }] } });
  const before = await lookEverywhere(spa);
  // Eight in the evening there.
  expect((await spa.book({ startsAt: `${addDays(TOMORROW, 4)}T02:00:00Z` })).status).toBe(201);
  await seesAll(spa, before);
});

test('what becomes of an appointment leaves what is told of the spa and of other days', async () => {
  const spa = await staffSpa(t);
  const later = addDays(TODAY, 20);
  const paths = [spa.path, `${spa.path}/slots?service=FACIAL&from=${later}&to=${later}`];
  const { code } = await spa.booked();
  const { guestToken } = await spa.booked();
  const changing: (() => Promise<Answer>)[] = [
    () => spa.book({ startsAt: at('10:00') }),
    () => spa.act(code, 'reschedule', { startsAt: at('11:00') }),
    () => spa.act(code, 'cancel'),
    () => t.call('POST', '/v1/guest/booking/cancel', { token: guestToken, body: {} }),
  ];
  for (const path of paths) await readHere(path);
  for (const change of changing) {
    expect((await change()).status).toBeOneOf([200, 201]);
    expect(await movedBy(t.ctx, () => Promise.all(paths.map(readHere)))).toEqual({ [HIT]: 2 });
  }
});

test('a hold that has ended shows elsewhere once it is told, though nobody asked for it', async () => {
  const spa = await staffSpa(t, { property: { paymentPolicy: 'FULL', holdMinutes: 10 } });
  const before = await lookEverywhere(spa);
  await spa.booked();
  await seesAll(spa, before);
  const held = await lookEverywhere(spa);
  await travelTo(t.database, new Date(Date.parse(NOW) + 11 * 60_000).toISOString());
  expect(await expireHolds(t.ctx)).toHaveLength(1);
  await other.catchUp();
  expect(await look(spa, other.read)).not.toEqual(held);
  expect(await look(spa, other.read)).toEqual(await look(spa, fresh.read));
});
