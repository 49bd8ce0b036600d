import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp } from '../../support/server/app.ts';
import type { Answer, CallOptions, TestApp } from '../../support/server/app.ts';
import { buildHotel, daysAhead, stayBody } from '../../support/hotel/build.ts';
import type { TestHotel } from '../../support/hotel/build.ts';
import { HIT, keepAnswers, MISS } from '../../support/http/cached-responses.ts';
import { movedBy } from '../../support/http/metrics.ts';
import { invalid, refusal } from '../../support/http/problems.ts';

let t: TestApp;
let hotel: TestHotel;

beforeAll(async () => {
  t = await startTestApp({ CORS_ORIGINS: 'https://book.example' });
  keepAnswers(t);
  hotel = await buildHotel(t.ctx);
});
afterAll(() => t.close());

const nights = `checkIn=${daysAhead(30)}&checkOut=${daysAhead(31)}`;
const search = `/availability?${nights}`;
const bookedDates = `/booked-dates?roomType=ROOM&from=${daysAhead(30)}&to=${daysAhead(40)}`;
const read = (path = search, headers: Record<string, string> = {}, at = hotel) =>
  t.call('GET', `${at.path}${path}`, { headers });
const tagOf = (answer: Answer) => String(answer.headers['etag']);
const READS = [
  ['a search', search],
  ['booked dates', bookedDates],
  ['a property', ''],
] as const;

test.each(READS)('%s is kept for seconds, and carries a tag that stays while the answer does', async (_, path) => {
  const first = await read(path);
  expect(first).toMatchObject({
    status: 200,
    headers: {
      'cache-control': 'public, max-age=1',
      'content-type': 'application/json; charset=utf-8',
      etag: expect.stringMatching(/^"[\w-]{27}"$/),
    },
  });
  let again: Answer | undefined;
  expect(await movedBy(t.ctx, async () => (again = await read(path)))).toEqual({ [HIT]: 1 });
  expect(again).toMatchObject({ status: 200, body: first.body });
  expect(tagOf(again as Answer)).toBe(tagOf(first));
});

test.each(READS)('who knows the answer to %s already is told so, without it', async (_, path) => {
  const etag = tagOf(await read(path));
  const tags = [etag, `W/${etag}`, `"other", ${etag}`, `W/"other" ,W/${etag}, "more"`, '*', ` ${etag} `];
  for (const tag of tags) {
    const answer = await read(path, { 'if-none-match': tag });
    expect(answer, tag).toMatchObject({
      status: 304,
      body: '',
      headers: { etag, 'cache-control': 'public, max-age=1' },
    });
    expect(answer.headers, tag).not.toHaveProperty('content-type');
    expect(answer.headers, tag).not.toHaveProperty('content-length');
  }
});

test.each(['"other"', 'W/"other"', '', '"', 'W/', ',,', '"*"', 'unquoted'])(
  'who knows another answer, or says %j, gets this one',
  async (tag) => {
    expect(await read(search, { 'if-none-match': tag })).toMatchObject({ status: 200, body: { nights: 1 } });
  },
);

test('part of a tag is not the tag', async () => {
  const etag = tagOf(await read());
  for (const tag of [etag.slice(0, -1), etag.slice(1), etag.slice(1, -1), `${etag}x`, `w/${etag}`]) {
    expect((await read(search, { 'if-none-match': tag })).status, tag).toBe(200);
  }
});

test('the order of parameters and defaults that are spelled out do not make another question', async () => {
  const { headers, body } = await read();
  for (const query of [
    `checkOut=${daysAhead(31)}&checkIn=${daysAhead(30)}`,
    `${nights}&adults=2`,
    `children=0&adults=02&${nights}`,
  ]) {
    const moved = await movedBy(t.ctx, async () => {
      expect(await read(`/availability?${query}`)).toMatchObject({ body, headers: { etag: headers['etag'] } });
    });
    expect(moved, query).toEqual({ [HIT]: 1 });
  }
});

test('a slash at the end or what a property has no use for do not make another question', async () => {
  await read('');
  for (const path of ['/', '?utm_source=news', '?utm_source=other&a=1', '?a=1&utm_source=other']) {
    expect(await movedBy(t.ctx, () => read(path)), path).toEqual({ [HIT]: 1 });
  }
});

test('another question has another answer: other nights, other guests, another property, another route', async () => {
  const other = await buildHotel(t.ctx, { rooms: 3 });
  const answers = [
    await read(),
    await read(`/availability?checkIn=${daysAhead(30)}&checkOut=${daysAhead(32)}`),
    await read(`/availability?checkIn=${daysAhead(31)}&checkOut=${daysAhead(32)}`),
    await read(`${search}&adults=5`),
    await read(search, {}, other),
    await read(''),
    await read('', {}, other),
    await read(bookedDates),
  ];
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  expect(new Set(answers.map(tagOf)).size).toBe(answers.length);
});

test('HEAD answers as GET does, without the body', async () => {
  const { headers } = await read();
  const url = `/api${hotel.path}${search}`;
  const head = await t.app.inject({ method: 'HEAD', url });
  expect(head).toMatchObject({ statusCode: 200, body: '' });
  for (const name of ['etag', 'cache-control', 'content-type', 'content-length']) {
    expect(head.headers[name], name).toBe(headers[name]);
  }
  const known = await t.app.inject({ method: 'HEAD', url, headers: { 'if-none-match': String(headers['etag']) } });
  expect(known).toMatchObject({ statusCode: 304, body: '', headers: { etag: headers['etag'] } });
  // A 304 may say how long the answer is, and nothing else (RFC 9110, 8.6).
  expect([undefined, headers['content-length']]).toContain(known.headers['content-length']);
});

test('a website of ours may read a kept answer, whoever asked for it first', async () => {
  await read();
  const answer = await read(search, { origin: 'https://book.example' });
  expect(answer.headers['access-control-allow-origin']).toBe('https://book.example');
  expect(String((await read()).headers['vary'])).toMatch(/\bOrigin\b/);
});

test.each([
  ['at no property', '/v1/public/properties/nowhere', search, refusal('not_found')],
  ['about a property that is not there', '/v1/public/properties/nowhere', '', refusal('not_found')],
  ['about a room type that is not there', null, bookedDates.replace('ROOM', 'NONE'), refusal('not_found')],
  ['in the past', null, `/availability?checkIn=${daysAhead(-3)}&checkOut=${daysAhead(-2)}`, refusal('past_time')],
  ['with a promo code', null, `${search}&promoCode=NOSUCH`, refusal('promo_invalid')],
  ['of no sense', null, '/availability?checkIn=today&checkOut=2027-05-14', invalid('checkIn')],
] as const)('a refusal %s is nobody else’s, and never kept', async (_, at, path, expected) => {
  for (let time = 0; time < 2; time += 1) {
    const answer = await t.call('GET', `${at ?? hotel.path}${path}`, { headers: { 'if-none-match': '*' } });
    expect(answer).toMatchObject(expected);
    expect(String(answer.headers['cache-control'])).not.toMatch(/public|max-age/);
    expect(answer.headers).not.toHaveProperty('etag');
  }
});

test('a property that comes to be is found at once, though it was asked for before', async () => {
  const property = { slug: 'yet-to-come' };
  expect(await t.call('GET', '/v1/public/properties/yet-to-come')).toMatchObject(refusal('not_found'));
  const { path } = await buildHotel(t.ctx, { property });
  expect(path).not.toContain(property.slug);
  expect(await t.call('GET', '/v1/public/properties/yet-to-come')).toMatchObject({ status: 200 });
});

test('many who ask the same at once cost one read', async () => {
  const moved = await movedBy(t.ctx, () => Promise.all(Array.from({ length: 50 }, () => read(`${search}&adults=3`))));
  expect(moved).toEqual({ [HIT]: 49, [MISS]: 1 });
});

test('a booking does not trust what is kept: a night that was sold behind our back is refused', async () => {
  const sold = await buildHotel(t.ctx, { rooms: 1 });
  expect((await read(search, {}, sold)).body.roomTypes).toMatchObject([{ available: 1, bookable: true }]);
  await t.database.sql('UPDATE inventory_nights SET reserved = 1 WHERE room_type_id = $1 AND night = $2', [
    ...[sold.roomTypeId, daysAhead(30)],
  ]);
  expect((await read(search, {}, sold)).body.roomTypes).toMatchObject([{ available: 1, bookable: true }]);
  const quoted = await t.call('POST', `${sold.path}/quotes`, { body: stayBody({ guest: undefined }) });
  expect(quoted.body).toMatchObject({ bookable: false, reason: 'SOLD_OUT' });
  expect(await t.call('POST', `${sold.path}/bookings`, { body: stayBody() })).toMatchObject(refusal('sold_out'));
  expect((await read(search, {}, sold)).body.roomTypes).toMatchObject([{ available: 0, reason: 'SOLD_OUT' }]);
});

const asking: [string, string, CallOptions][] = [
  ['for a price', '/v1/public/properties/:slug/quotes', { body: stayBody({ guest: undefined }) }],
  [
    'for several stays',
    '/v1/public/properties/:slug/availability/batch',
    { body: { items: [stayBody({ guest: undefined })] } },
  ],
];
test.each(asking)('asking %s changes nothing, so nothing is forgotten', async (_, path, options) => {
  await read();
  expect((await t.call('POST', path.replace(':slug', hotel.slug), options)).status).toBe(200);
  expect(await movedBy(t.ctx, () => read())).toEqual({ [HIT]: 1 });
});

test('a booking leaves what shows other nights, and who the hotel is', async () => {
  const booked = await buildHotel(t.ctx, { rooms: 9 });
  const [day, next] = [daysAhead(31), daysAhead(32)];
  const leaves = [
    ['', HIT],
    [`/availability?checkIn=${daysAhead(29)}&checkOut=${daysAhead(30)}`, HIT],
    [`/availability?checkIn=${day}&checkOut=${next}`, HIT],
    [`/booked-dates?roomType=ROOM&from=${day}&to=${next}`, HIT],
    [`/availability?checkIn=${daysAhead(29)}&checkOut=${day}`, MISS],
    [`/booked-dates?roomType=ROOM&from=${daysAhead(20)}&to=${daysAhead(30)}`, MISS],
    [search, MISS],
  ] as const;
  for (const [path] of leaves) await read(path, {}, booked);
  expect((await t.call('POST', `${booked.path}/bookings`, { body: stayBody() })).status).toBe(201);
  for (const [path, result] of leaves) {
    expect(await movedBy(t.ctx, () => read(path, {}, booked)), path).toEqual({ [result]: 1 });
  }
});

test('what changes at one property leaves the answers of the others', async () => {
  const other = await buildHotel(t.ctx);
  await read();
  await t.call('POST', `${other.path}/bookings`, { body: stayBody() });
  expect(await movedBy(t.ctx, () => read())).toEqual({ [HIT]: 1 });
});
