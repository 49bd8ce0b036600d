import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp } from '../../support/server/app.ts';
import type { TestApp } from '../../support/server/app.ts';
import { buildHotel } from '../../support/hotel/build.ts';
import { invalid, refusal } from '../../support/http/problems.ts';

let t: TestApp;
const harbour = '/v1/public/properties/harbour-hotel';
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;

beforeAll(async () => {
  t = await startTestApp();
});
afterAll(() => t.close());

test('a property tells everybody what it sells and on what terms', async () => {
  const answer = await t.call('GET', harbour);
  expect(answer).toMatchObject({
    status: 200,
    body: {
      slug: 'harbour-hotel',
      name: 'Harbour Hotel',
      timezone: 'Europe/Dublin',
      currency: 'EUR',
      phone: '+353 1 555 0199',
      email: 'desk@harbour-hotel.example',
      address: { city: 'Howth', country: 'IE' },
      images: [],
      policies: { checkInTime: '15:00', checkOutTime: '11:00', holdMinutes: 10 },
      services: [],
    },
  });
  expect(answer.body.roomTypes).toMatchObject([{ code: 'STANDARD' }, { code: 'DELUXE' }, { code: 'SUITE' }]);
});

test('a property keeps to itself what only its staff need', async () => {
  const { body } = await t.call('GET', harbour);
  for (const member of ['id', 'version', 'status', 'approval']) expect(body).not.toHaveProperty(member);
});

test('a room type that is not sold is not shown', async () => {
  const hotel = await buildHotel(t.ctx, { roomType: { isActive: false } });
  expect((await t.call('GET', hotel.path)).body.roomTypes).toEqual([]);
});

test.each(['DRAFT', 'PENDING_REVIEW', 'SUSPENDED'] as const)('a property that is %s does not exist', async (status) => {
  const hotel = await buildHotel(t.ctx, { property: { status } });
  expect(await t.call('GET', hotel.path)).toMatchObject(refusal('not_found'));
});

test('a property nobody has heard of is 404', async () => {
  expect(await t.call('GET', '/v1/public/properties/nowhere')).toMatchObject(refusal('not_found'));
});

test('a slug that can not be one is 400 with its path', async () => {
  expect(await t.call('GET', '/v1/public/properties/Not_A_Slug')).toMatchObject(invalid('slug'));
});

test('a trailing slash never matters', async () => {
  const [bare, slashed] = [await t.call('GET', harbour), await t.call('GET', `${harbour}/`)];
  expect(slashed.status).toBe(200);
  expect(slashed.body).toEqual(bare.body);
});

test('an unknown path is a problem document too', async () => {
  expect(await t.call('GET', '/v1/nothing/here')).toMatchObject(refusal('not_found'));
  expect(await t.call('PATCH', harbour)).toMatchObject(refusal('not_found'));
});

test('a path that can not be decoded is a problem document too', async () => {
  const answer = await t.call('GET', '/v1/public/properties/%ff');
  expect(answer).toMatchObject(refusal('validation_failed'));
  expect(answer.headers['x-request-id']).toMatch(UUID);
});

test('a path that is far too long is a problem document too', async () => {
  const answer = await t.call('GET', `/v1/public/properties/${'x'.repeat(5_000)}`);
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(answer.status).toBeLessThan(500);
  expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
  expect(answer.headers['x-request-id']).toMatch(UUID);
});

test('every answer carries its request id and how long it took', async () => {
  for (const path of [harbour, '/v1/public/properties/nowhere', '/nothing', '/v1/auth/me']) {
    const { headers } = await t.call('GET', path);
    expect(headers['x-request-id']).toMatch(UUID);
    expect(headers['server-timing']).toMatch(/^app;dur=\d+\.\d$/);
  }
});

test('a refusal names the request id as its instance', async () => {
  const { headers, body } = await t.call('GET', '/v1/public/properties/nowhere');
  expect(body.instance).toBe(headers['x-request-id']);
});

test('a request id that a caller sends is not taken over', async () => {
  const { headers } = await t.call('GET', harbour, { headers: { 'x-request-id': 'mine' } });
  expect(headers['x-request-id']).toMatch(UUID);
});
