import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp } from '../../../support/server/app.ts';
import type { TestApp } from '../../../support/server/app.ts';
import { daysAhead, stayBody } from '../../../support/hotel/build.ts';
import { staffSpa } from '../../../support/spa/build-spa.ts';
import { openDesk } from '../../../support/hotel/desk.ts';
import type { Desk } from '../../../support/hotel/desk.ts';
import { keepAnswers, openOtherProcess, openReader } from '../../../support/http/cached-responses.ts';
import { invalid, refusal } from '../../../support/http/problems.ts';
import { DRY_RUN } from '../../../support/spa/spa.ts';
import { dumpTables } from '../../../support/database/tables.ts';

let t: TestApp;
let desk: Desk;
const vat = { code: 'VAT', name: 'VAT', isInclusive: true, rateBps: 1_350 };
const city = { code: 'CITY', name: 'City tax', basis: 'FLAT_PER_PERSON_NIGHT', isInclusive: false, amount: 250 };
const bands = [
  { upTo: 100_000, rateBps: 0 },
  { upTo: 750_000, rateBps: 500 },
  { upTo: null, rateBps: 1_800 },
];
const gst = { code: 'GST', name: 'GST', isInclusive: false, bands };
const limits = { maxNights: null, validFrom: null, validTo: null };
const plain = { basis: 'PERCENT', rateBps: 0, amount: 0, bands: [], exemptKinds: [], position: 0, currency: 'EUR' };
const usual = { ...plain, ...limits };

beforeAll(async () => {
  t = await startTestApp();
  desk = await openDesk(t);
});
afterAll(() => t.close());

const add = (body: object, here = desk, headers: Record<string, string> = {}) =>
  here.call('POST', '/taxes', { body, headers });
const change = (code: string, body: object, here = desk) => here.call('PATCH', `/taxes/${code}`, { body });
const remove = (code: string, here = desk) => here.call('DELETE', `/taxes/${code}`, { body: {} });
const { guest: _, ...stay } = stayBody();
const quote = async ({ hotel }: Desk, wish: object = {}) =>
  (await t.call('POST', `${hotel.path}/quotes`, { body: { ...stay, ...wish } })).body.price;

test.each([
  [vat, { rateBps: 1_350 }],
  [city, { basis: 'FLAT_PER_PERSON_NIGHT', amount: 250 }],
  [gst, { bands }],
  [{ ...vat, code: 'FOOD', exemptKinds: ['TRAVEL', 'NIGHT'], position: 3 }, {}],
  [{ ...city, basis: 'FLAT_PER_ADULT_NIGHT', maxNights: 7, validFrom: '2027-01-01', validTo: '2027-12-31' }, {}],
])('a tax of %j is added, and read as it was added', async (body, fields) => {
  const here = await openDesk(t);
  const expected = { ...usual, ...body, ...fields };
  const answer = await add(body, here);
  expect(answer).toMatchObject({ status: 201 });
  expect(answer.body).toEqual(expected);
  const one = await here.call('GET', `/taxes/${body.code}`);
  expect([one.status, one.body]).toEqual([200, expected]);
  expect((await here.call('GET', '/taxes')).body).toEqual({ items: [expected], nextCursor: null });
});

test('taxes are listed in their order, a page at a time', async () => {
  const here = await openDesk(t);
  for (const [code, position] of Object.entries({ B: 1, C: 0, A: 1 })) await add({ ...vat, code, position }, here);
  const first = await here.call('GET', '/taxes?limit=2');
  expect(first.body.items).toMatchObject([{ code: 'C' }, { code: 'A' }]);
  const second = await here.call('GET', `/taxes?limit=2&cursor=${first.body.nextCursor}`);
  expect(second.body).toMatchObject({ items: [{ code: 'B' }], nextCursor: null });
});

test('what is sold from now on has the tax; what was sold keeps its price', async () => {
  const here = await openDesk(t);
  const { code, booking } = await here.book();
  await add(city, here);
  // One night for two: 2 × 2.50
  expect(await quote(here)).toMatchObject({
    taxes: [{ name: 'City tax', rateBps: null, inclusive: false, amount: 500 }],
    totalPayable: 10_500,
  });
  expect((await here.book({ checkIn: daysAhead(60), checkOut: daysAhead(61) })).booking.price).toMatchObject({
    totalPayable: 10_500,
  });
  const kept = await here.call('GET', `/bookings/${code}`);
  expect(kept.body.price).toEqual(booking.price);
  expect(kept.body.price.totalPayable).toBe(10_000);
});

test('what is changed is changed, and the rest stays', async () => {
  const here = await openDesk(t);
  await add(vat, here);
  const changed = await change('VAT', { rateBps: 900, position: 2 }, here);
  expect(changed).toMatchObject({ status: 200 });
  expect(changed.body).toEqual({ ...usual, ...vat, rateBps: 900, position: 2 });
  // 10,000 × 9 / 109 = 825.68…
  expect(await quote(here)).toMatchObject({ taxes: [{ name: 'VAT', rateBps: 900, amount: 826 }] });
});

test('a tax becomes another kind of tax in one change', async () => {
  const here = await openDesk(t);
  await add(vat, here);
  const flat = { basis: 'FLAT_PER_NIGHT', rateBps: 0, amount: 300 };
  expect(await change('VAT', flat, here)).toMatchObject({ status: 200, body: flat });
  const banded = { basis: 'PERCENT', amount: 0, bands, exemptKinds: ['EXTRA_ADULT'] };
  expect(await change('VAT', banded, here)).toMatchObject({ status: 200, body: banded });
});

test('a tax that ends is told for the last time, and nothing has it any more', async () => {
  const here = await openDesk(t);
  await add(city, here);
  const ended = await remove('CITY', here);
  expect([ended.status, ended.body]).toEqual([200, { ...usual, ...city }]);
  expect(await quote(here)).toMatchObject({ taxes: [], totalPayable: 10_000 });
  expect(await remove('CITY', here)).toMatchObject(refusal('not_found'));
});

test('bands and exempt kinds reach the price of a stay', async () => {
  const here = await openDesk(t, { roomType: { basePrice: 740_000, extraAdultCharge: 20_000 } });
  await add({ ...gst, exemptKinds: ['EXTRA_ADULT'] }, here);
  // The night alone is in the band of 5 %: 370.00; with the third adult it is above.
  expect(await quote(here, { adults: 3 })).toMatchObject({ taxes: [{ rateBps: 500, amount: 37_000 }] });
  await change('GST', { exemptKinds: [] }, here);
  // 18 % of 7,600.00
  expect(await quote(here, { adults: 3 })).toMatchObject({ taxes: [{ rateBps: 1_800, amount: 136_800 }] });
});

test('a tax that does not fall on the way there leaves the fee of the zone alone', async () => {
  const spa = await staffSpa(t, {
    services: { PARTY: { isAtGuests: true, price: 81_000 } },
    zones: { C: { postalCodes: ['606'], fee: 10_000 } },
  });
  const body = { kind: 'APPOINTMENT', service: 'PARTY', startsAt: `${daysAhead(5)}T15:00`, zone: 'C' };
  const price = async () => (await t.call('POST', `${spa.path}/quotes`, { body })).body.price;
  await spa.call('POST', '/taxes', { body: { code: 'SALES', name: 'Sales tax', isInclusive: false, rateBps: 725 } });
  // 7.25 % of 910.00 = 65.975, and of 810.00 = 58.725
  expect(await price()).toMatchObject({ taxAmount: 6_598, totalPayable: 97_598 });
  await spa.call('PATCH', '/taxes/SALES', { body: { exemptKinds: ['TRAVEL'] } });
  expect(await price()).toMatchObject({ taxAmount: 5_873, totalPayable: 96_873 });
});

test('a code that is taken is 409 already_exists', async () => {
  await add({ ...vat, code: 'TWICE' });
  expect(await add({ ...city, code: 'TWICE' })).toMatchObject(refusal('already_exists'));
});

test('a repeat of adding a tax with the same key gets the first answer again', async () => {
  const key = { 'idempotency-key': 'one-tax' };
  const first = await add({ ...gst, code: 'ONCE' }, desk, key);
  const second = await add({ ...gst, code: 'ONCE' }, desk, key);
  expect(second).toMatchObject({ status: 201, body: first.body, headers: { 'idempotent-replayed': 'true' } });
});

const upTo = (...limits: (number | null)[]) => limits.map((limit) => ({ upTo: limit, rateBps: 100 }));

test.each([
  [{ ...vat, code: 'V%T' }, 'code'],
  [{ ...vat, name: ' ' }, 'name'],
  [{ ...vat, isInclusive: undefined }, 'isInclusive'],
  [{ ...vat, basis: 'FLAT' }, 'basis'],
  [{ ...vat, rateBps: undefined }, 'rateBps'],
  [{ ...vat, rateBps: -1 }, 'rateBps'],
  [{ ...vat, rateBps: 13.5 }, 'rateBps'],
  [{ ...vat, rateBps: 10_001 }, 'rateBps'],
  [{ ...vat, amount: 1 }, 'amount'],
  [{ ...vat, bands }, 'rateBps'],
  [{ ...vat, exemptKinds: ['TIPS'] }, 'exemptKinds.0'],
  [{ ...vat, exemptKinds: ['TRAVEL', 'TRAVEL'] }, 'exemptKinds'],
  [{ ...vat, position: -1 }, 'position'],
  [{ ...vat, maxNights: 0 }, 'maxNights'],
  [{ ...vat, maxNights: 366 }, 'maxNights'],
  [{ ...vat, validFrom: '2027-02-29' }, 'validFrom'],
  [{ ...vat, validTo: '2027-05-01T00:00' }, 'validTo'],
  [{ ...vat, validFrom: '2027-05-02', validTo: '2027-05-01' }, 'validTo'],
  [{ ...vat, currency: 'USD' }, 'currency'],
  [{ ...city, amount: undefined }, 'amount'],
  [{ ...city, amount: 0 }, 'amount'],
  [{ ...city, rateBps: 100 }, 'rateBps'],
  [{ ...city, bands }, 'bands'],
  [{ ...city, exemptKinds: ['NIGHT'] }, 'exemptKinds'],
  [{ ...gst, bands: upTo(100) }, 'bands.0.upTo'],
  [{ ...gst, bands: upTo(0, null) }, 'bands.0.upTo'],
  [{ ...gst, bands: upTo(null, 100, null) }, 'bands.0.upTo'],
  [{ ...gst, bands: upTo(200, 100, null) }, 'bands.1.upTo'],
  [{ ...gst, bands: upTo(100, 100, null) }, 'bands.1.upTo'],
  [{ ...gst, bands: [{ upTo: null }] }, 'bands.0.rateBps'],
  [{ ...gst, bands: [{ upTo: null, rateBps: 10_001 }] }, 'bands.0.rateBps'],
  [{ ...gst, bands: [{ upTo: null, rateBps: 5, name: 'x' }] }, 'bands.0.name'],
  [{ ...gst, bands: upTo(...Array.from({ length: 20 }, (_each, index) => index + 1), null) }, 'bands'],
])('a new tax of %j is 400 at %s', async (body, path) => {
  expect(await add({ ...body, code: body.code === 'V%T' ? 'V%T' : 'X' })).toMatchObject(invalid(path));
});

test('a change is held to the same rules as the whole, with what it does not change', async () => {
  const here = await openDesk(t);
  for (const body of [vat, city, gst]) await add(body, here);
  expect(await change('VAT', { code: 'OTHER' }, here)).toMatchObject(invalid('code'));
  expect(await change('VAT', { amount: 100 }, here)).toMatchObject(invalid('amount'));
  expect(await change('VAT', { bands }, here)).toMatchObject(invalid('rateBps'));
  expect(await change('VAT', { bands: upTo(100) }, here)).toMatchObject(invalid('bands.0.upTo'));
  expect(await change('GST', { rateBps: 100 }, here)).toMatchObject(invalid('rateBps'));
  expect(await change('CITY', { amount: 0 }, here)).toMatchObject(invalid('amount'));
  expect(await change('CITY', { basis: 'PERCENT' }, here)).toMatchObject(invalid('amount'));
  await change('GST', { validFrom: '2027-05-02' }, here);
  expect(await change('GST', { validTo: '2027-05-01' }, here)).toMatchObject(invalid('validTo'));
  const { body } = await here.call('GET', '/taxes');
  expect(body.items.map(({ code }: { code: string }) => code)).toEqual(['CITY', 'GST', 'VAT']);
  expect(body.items).toMatchObject([city, gst, vat]);
});

test('of two changes at once that fit the tax as it was but not each other, one is refused', async () => {
  const here = await openDesk(t);
  for (let round = 0; round < 20; round += 1) {
    const code = `T${String(round)}`;
    await add({ ...gst, code, bands: [], rateBps: 0 }, here);
    const answers = await Promise.all([change(code, { bands }, here), change(code, { rateBps: 500 }, here)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 400]);
    const { body } = await here.call('GET', `/taxes/${code}`);
    expect(body).toEqual(answers.find(({ status }) => status === 200)?.body);
  }
});

test('a tax that does not exist, or is another property’s, is 404', async () => {
  const elsewhere = await openDesk(t);
  await add({ ...vat, code: 'ELSEWHERE' }, elsewhere);
  for (const code of ['NOSUCH', 'ELSEWHERE']) {
    expect(await desk.call('GET', `/taxes/${code}`)).toMatchObject(refusal('not_found'));
    expect(await change(code, { position: 1 })).toMatchObject(refusal('not_found'));
    expect(await remove(code)).toMatchObject(refusal('not_found'));
  }
  expect((await elsewhere.call('GET', '/taxes')).body.items).toHaveLength(1);
});

test('a dry run answers what would be, and writes nothing', async () => {
  await add({ ...vat, code: 'KEPT' });
  const before = await dumpTables(t.database);
  expect(await add({ ...vat, code: 'DRY' }, desk, DRY_RUN)).toMatchObject({
    status: 201,
    headers: { 'preference-applied': 'dry-run' },
    body: { code: 'DRY' },
  });
  const changed = await desk.call('PATCH', '/taxes/KEPT', { body: { rateBps: 1 }, headers: DRY_RUN });
  expect(changed).toMatchObject({ status: 200, body: { rateBps: 1 } });
  const ended = await desk.call('DELETE', '/taxes/KEPT', { body: {}, headers: DRY_RUN });
  expect(ended).toMatchObject({ status: 200, body: { code: 'KEPT' } });
  expect(await dumpTables(t.database)).toEqual(before);
});

test('prices that are kept for a while are forgotten with every change of a tax, here and elsewhere', async () => {
  keepAnswers(t);
  const other = await openOtherProcess(t);
  const fresh = await openReader(t);
  try {
    const here = await openDesk(t);
    const path = `${here.hotel.path}/availability?checkIn=${daysAhead(30)}&checkOut=${daysAhead(31)}`;
    const totalOf = (body: { roomTypes: { totalPayable: number }[] }) => body.roomTypes[0]?.totalPayable;
    const totals = async () => [
      totalOf((await t.call('GET', path)).body),
      totalOf(await other.read(path)),
      totalOf(await fresh.read(path)),
    ];
    const became = async (step: () => Promise<{ status: number }>, total: number) => {
      // Kept by both, before it changes.
      await totals();
      expect((await step()).status).toBeLessThan(300);
      await other.catchUp();
      expect(await totals()).toEqual([total, total, total]);
    };
    await became(() => add(city, here), 10_500);
    await became(() => change('CITY', { amount: 300 }, here), 10_600);
    await became(() => remove('CITY', here), 10_000);
  } finally {
    await other.close();
    await fresh.close();
  }
});

test.each([
  ['POST', '/taxes'],
  ['PATCH', '/taxes/KEPT'],
] as const)('%s %s takes JSON, and not too much of it', async (method, path) => {
  const send = (type: string, body: string) => desk.call(method, path, { headers: { 'content-type': type }, body });
  expect(await send('text/plain', 'x')).toMatchObject(refusal('unsupported_media_type'));
  expect(await send('application/json', `"${'x'.repeat(300_000)}"`)).toMatchObject(refusal('payload_too_large'));
});
