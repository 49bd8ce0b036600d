import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp } from '../../../support/server/app.ts';
import type { TestApp } from '../../../support/server/app.ts';
import { openDesk } from '../../../support/hotel/desk.ts';
import { invalid, refusal } from '../../../support/http/problems.ts';
import { DRY_RUN, openSpa, strandedCodes } from '../../../support/spa/spa.ts';
import type { Spa } from '../../../support/spa/spa.ts';
import { dumpTables } from '../../../support/database/tables.ts';

let t: TestApp;
let spa: Spa;
const laser = { code: 'LASER', name: 'Laser', durationMinutes: 45, price: 18_000 };
const grill = { ...laser, code: 'GRILL', pricing: 'PER_PERSON', adultPrice: 5_500, childPrice: 3_000 };

beforeAll(async () => {
  t = await startTestApp();
  spa = await openSpa(t);
});
afterAll(() => t.close());

const add = (body: object, headers: Record<string, string> = {}) => spa.call('POST', '/services', { body, headers });
const change = (body: object, code = 'FACIAL', headers: Record<string, string> = {}) =>
  spa.call('PATCH', `/services/${code}`, { body, headers });

test('a new service has what is usual where nothing is said', async () => {
  expect(await add(laser)).toMatchObject({
    status: 201,
    body: {
      ...laser,
      description: null,
      bufferBeforeMinutes: 0,
      bufferAfterMinutes: 0,
      slotStepMinutes: 15,
      pricing: 'PER_BOOKING',
      adultPrice: 0,
      childPrice: 0,
      minimumTotal: 0,
      currency: 'USD',
      paymentPolicy: null,
      minNoticeMinutes: null,
      bookingWindowDays: null,
      maxAdults: 1,
      maxChildren: 0,
      isAtGuests: false,
      isActive: true,
      providers: [],
    },
  });
});

test('a service has what is said, to the last member', async () => {
  const body = {
    ...grill,
    code: 'PARTY',
    description: 'With fire',
    price: 0,
    durationMinutes: 1_440,
    minimumTotal: 55_000,
    bufferBeforeMinutes: 30,
    bufferAfterMinutes: 1_440,
    slotStepMinutes: 1_440,
    paymentPolicy: 'DEPOSIT',
    minNoticeMinutes: 43_200,
    bookingWindowDays: 730,
    maxAdults: 500,
    maxChildren: 500,
    isAtGuests: true,
    isActive: false,
    providers: ['BEN', 'ANNA'],
  };
  const expected = { ...body, providers: ['ANNA', 'BEN'], currency: 'USD' };
  expect(await add(body)).toMatchObject({ status: 201, body: expected });
  const { body: listed } = await spa.call('GET', '/services');
  expect(listed.items.find(({ code }: { code: string }) => code === 'PARTY')).toEqual(expected);
});

test('services are listed with those no longer sold, a page at a time', async () => {
  const here = await openSpa(t);
  await here.call('PATCH', '/services/PEEL', { body: { isActive: false } });
  const first = await here.call('GET', '/services?limit=1');
  expect(first.body.items).toMatchObject([{ code: 'FACIAL', isActive: true, providers: ['ANNA', 'BEN'] }]);
  const second = await here.call('GET', `/services?limit=1&cursor=${first.body.nextCursor}`);
  expect(second.body).toMatchObject({ items: [{ code: 'PEEL', isActive: false }], nextCursor: null });
  expect(await here.call('GET', '/services?limit=201')).toMatchObject(invalid('limit'));
});

test('a code that is taken is 409 already_exists', async () => {
  expect(await add({ ...laser, code: 'FACIAL' })).toMatchObject(refusal('already_exists'));
});

test('a repeat of adding a service with the same key gets the first answer again', async () => {
  const headers = { 'idempotency-key': 'one-wrap' };
  const first = await add({ ...laser, code: 'WRAP' }, headers);
  const second = await add({ ...laser, code: 'WRAP' }, headers);
  expect(second).toMatchObject({ status: 201, body: first.body, headers: { 'idempotent-replayed': 'true' } });
});

test.each([
  [{ ...laser, code: 'no spaces' }, 'code'],
  [{ ...laser, code: 'X', name: '' }, 'name'],
  [{ ...laser, code: 'X', durationMinutes: 0 }, 'durationMinutes'],
  [{ ...laser, code: 'X', durationMinutes: 1_441 }, 'durationMinutes'],
  [{ ...laser, code: 'X', bufferBeforeMinutes: -1 }, 'bufferBeforeMinutes'],
  [{ ...laser, code: 'X', bufferAfterMinutes: 1_441 }, 'bufferAfterMinutes'],
  [{ ...laser, code: 'X', slotStepMinutes: 0 }, 'slotStepMinutes'],
  [{ ...laser, code: 'X', price: -1 }, 'price'],
  [{ ...laser, code: 'X', price: 1.5 }, 'price'],
  [{ ...laser, code: 'X', price: undefined }, 'price'],
  [{ ...laser, code: 'X', pricing: 'PER_HOUR' }, 'pricing'],
  [{ ...laser, code: 'X', pricing: 'PER_PERSON' }, 'adultPrice'],
  [{ ...grill, code: 'X', adultPrice: 0 }, 'adultPrice'],
  [{ ...grill, code: 'X', childPrice: undefined, maxChildren: 1 }, 'childPrice'],
  [{ ...laser, code: 'X', paymentPolicy: 'LATER' }, 'paymentPolicy'],
  [{ ...laser, code: 'X', minNoticeMinutes: -1 }, 'minNoticeMinutes'],
  [{ ...laser, code: 'X', bookingWindowDays: 731 }, 'bookingWindowDays'],
  [{ ...laser, code: 'X', maxAdults: 0 }, 'maxAdults'],
  [{ ...laser, code: 'X', maxChildren: -1 }, 'maxChildren'],
  [{ ...laser, code: 'X', providers: ['ANNA', 'NOBODY'] }, 'providers.1'],
  [{ ...laser, code: 'X', providers: ['STATION-1'] }, 'providers.0'],
  [{ ...laser, code: 'X', providers: ['ANNA', 'BEN', 'ANNA'] }, 'providers.2'],
  [{ ...laser, code: 'X', propertyId: 'x' }, 'propertyId'],
])('a new service of %j is 400 at %s', async (body, path) => {
  expect(await add(body)).toMatchObject(invalid(path));
});

test('nobody lists more than two hundred providers', async () => {
  const providers = Array.from({ length: 201 }, (_, index) => `P${String(index)}`);
  expect(await add({ ...laser, code: 'X', providers })).toMatchObject(invalid('providers'));
});

test('what is changed is changed, and the rest stays', async () => {
  const here = await openSpa(t);
  const before = (await here.call('GET', '/services')).body.items[0];
  const changes = { price: 13_000, description: 'Longer', durationMinutes: 75, providers: ['BEN'] };
  const changed = await here.call('PATCH', '/services/FACIAL', { body: changes });
  expect(changed).toMatchObject({ status: 200, body: { ...before, ...changes, strandedAppointments: [] } });
  expect((await here.call('GET', '/providers')).body.items).toMatchObject([
    { services: ['PEEL'] },
    { services: ['FACIAL'] },
  ]);
});

test('a change is held to the same rules as the whole', async () => {
  expect(await change({ pricing: 'PER_PERSON' })).toMatchObject(invalid('adultPrice'));
  expect((await change({ pricing: 'PER_PERSON', adultPrice: 100 }, 'PEEL')).status).toBe(200);
  expect(await change({ adultPrice: 0 }, 'PEEL')).toMatchObject(invalid('adultPrice'));
  expect(await change({ durationMinutes: 0 })).toMatchObject(invalid('durationMinutes'));
  expect(await change({ providers: ['NOBODY'] })).toMatchObject(invalid('providers.0'));
  expect(await change({ code: 'OTHER' })).toMatchObject(invalid('code'));
});

test('a service that does not exist, or is another property’s, is 404', async () => {
  const elsewhere = await openDesk(t);
  await elsewhere.call('POST', '/services', { body: { ...laser, code: 'ELSEWHERE' } });
  expect(await change({ price: 1 }, 'NOSUCH')).toMatchObject(refusal('not_found'));
  expect(await change({ price: 1 }, 'ELSEWHERE')).toMatchObject(refusal('not_found'));
});

test('a service that ends leaves its coming appointments where they are, and lists them', async () => {
  const here = await openSpa(t);
  const late = await here.appoint('2050-07-02T15:00Z', { provider: 'BEN' });
  const early = await here.appoint('2050-02-01T15:00Z');
  await here.appoint('2050-02-01T18:00Z', { service: 'PEEL' });
  const answer = await here.call('PATCH', '/services/FACIAL', { body: { isActive: false } });
  expect(answer.body).toMatchObject({
    isActive: false,
    strandedAppointments: [
      {
        code: early,
        startsAt: '2050-02-01T15:00:00.000Z',
        localStart: '2050-02-01T09:00:00-06:00',
        status: 'CONFIRMED',
      },
      {
        code: late,
        startsAt: '2050-07-02T15:00:00.000Z',
        localStart: '2050-07-02T10:00:00-05:00',
        status: 'CONFIRMED',
      },
    ],
  });
  const live = `SELECT FROM appointments a JOIN bookings b ON b.id = a.booking_id WHERE a.is_live AND b.property_id = $1`;
  expect(await t.database.sql(live, [here.hotel.propertyId])).toHaveLength(3);
});

test('appointments with a provider who no longer does the service are listed, and no others', async () => {
  const here = await openSpa(t);
  const stranded = await here.appoint('2050-02-01T15:00Z');
  await here.appoint('2050-02-01T15:00Z', { provider: 'BEN' });
  await here.appoint('2050-02-01T18:00Z', { service: 'PEEL' });
  const answer = await here.call('PATCH', '/services/FACIAL', { body: { providers: ['BEN'] } });
  expect(strandedCodes(answer)).toEqual([stranded]);
  expect(strandedCodes(await here.call('PATCH', '/services/FACIAL', { body: { price: 1 } }))).toEqual([]);
});

test('what is over, given back or a hold past its deadline is not stranded; a hold that is paid for is', async () => {
  const here = await openSpa(t);
  const overdue = { status: 'PENDING_PAYMENT', expires_at: '2020-01-01T00:00Z' };
  await here.appoint('2020-01-01T15:00Z');
  await here.appoint('2050-02-01T15:00Z', { row: { is_live: false } });
  await here.appoint('2050-02-02T15:00Z', { booking: overdue });
  const hold = { ...overdue, expires_at: new Date(Date.now() + 600_000) };
  const held = await here.appoint('2050-02-03T15:00Z', { booking: hold });
  const paid = await here.appoint('2050-02-04T15:00Z', { booking: { ...overdue, payment_stage: 'AUTHORIZED' } });
  const answer = await here.call('PATCH', '/services/FACIAL', { body: { isActive: false } });
  expect(strandedCodes(answer)).toEqual([held, paid]);
});

test('of many that are stranded, the first hundred are listed', async () => {
  const here = await openSpa(t);
  const starts = Array.from({ length: 101 }, (_, day) => new Date(Date.UTC(2050, 1, 1 + day, 15)).toISOString());
  const codes: string[] = [];
  for (const start of starts) codes.push(await here.appoint(start));
  const answer = await here.call('PATCH', '/services/FACIAL', { body: { isActive: false } });
  expect(strandedCodes(answer)).toEqual(codes.slice(0, 100));
});

test('a dry run answers what would be, and writes nothing', async () => {
  const here = await openSpa(t);
  const stranded = await here.appoint('2050-02-01T15:00Z');
  const before = await dumpTables(t.database);
  const call = (method: 'POST' | 'PATCH', path: string, body: object) =>
    here.call(method, path, { body, headers: { ...DRY_RUN, 'idempotency-key': 'dry' } });
  const ended = await call('PATCH', '/services/FACIAL', { isActive: false, providers: [] });
  expect(ended).toMatchObject({ status: 200, headers: { 'preference-applied': 'dry-run' }, body: { isActive: false } });
  expect(strandedCodes(ended)).toEqual([stranded]);
  expect(await call('POST', '/services', laser)).toMatchObject({ status: 201, body: { code: 'LASER' } });
  expect(await dumpTables(t.database)).toEqual(before);
});

test('every change says that other things can be had', async () => {
  const here = await openSpa(t);
  const { propertyId } = here.hotel;
  const count = async () => {
    const told = `SELECT data FROM outbox_messages WHERE property_id = $1 AND type = 'availability_changed'`;
    return (await t.database.sql(told, [propertyId])).length;
  };
  const before = await count();
  await here.call('POST', '/services', { body: laser });
  await here.call('PATCH', '/services/LASER', { body: { isActive: false } });
  expect(await count()).toBe(before + 2);
});

test('two who put the same provider on a service at once both succeed', async () => {
  const here = await openSpa(t);
  for (let round = 0; round < 20; round += 1) {
    const answers = await Promise.all([
      here.call('PATCH', '/services/PEEL', { body: { providers: ['ANNA', 'BEN'] } }),
      here.call('PATCH', '/providers/BEN', { body: { services: ['PEEL', 'FACIAL'] } }),
      here.call('PATCH', '/services/FACIAL', { body: { providers: ['BEN', 'ANNA'] } }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    await here.call('PATCH', '/providers/BEN', { body: { services: [] } });
  }
});

test('everybody is told what can be had and by whom, on the terms that apply', async () => {
  const here = await openSpa(t);
  await here.call('POST', '/services', { body: { ...laser, isActive: false } });
  await here.call('PATCH', '/services/PEEL', { body: { minNoticeMinutes: 90, paymentPolicy: 'FULL' } });
  await here.call('PATCH', '/providers/ANNA', { body: { isActive: false } });
  const { body } = await t.call('GET', here.hotel.path);
  expect(body.services).toEqual([
    {
      code: 'FACIAL',
      name: 'Facial',
      description: null,
      durationMinutes: 60,
      slotStepMinutes: 15,
      pricing: 'PER_BOOKING',
      price: 12_000,
      adultPrice: 0,
      childPrice: 0,
      minimumTotal: 0,
      currency: 'USD',
      paymentPolicy: 'NONE',
      minNoticeMinutes: 0,
      bookingWindowDays: 365,
      maxAdults: 1,
      maxChildren: 0,
      isAtGuests: false,
      providers: [{ code: 'BEN', name: 'Ben' }],
    },
    expect.objectContaining({ code: 'PEEL', minNoticeMinutes: 90, paymentPolicy: 'FULL', providers: [] }),
  ]);
});

test.each([
  ['POST', '/services'],
  ['PATCH', '/services/FACIAL'],
] as const)('%s %s takes JSON, and not too much of it', async (method, path) => {
  const send = (type: string, body: string) => spa.call(method, path, { headers: { 'content-type': type }, body });
  expect(await send('text/plain', 'x')).toMatchObject(refusal('unsupported_media_type'));
  expect(await send('application/json', `"${'x'.repeat(300_000)}"`)).toMatchObject(refusal('payload_too_large'));
});
