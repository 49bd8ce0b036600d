import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildApp } from '../../../../src/app.ts';
import { readDocument } from '../../../support/http/api-document.ts';
import { startTestApp } from '../../../support/server/app.ts';
import type { Answer, Method, TestApp } from '../../../support/server/app.ts';
import { daysAhead, guest } from '../../../support/hotel/build.ts';
import { openDesk } from '../../../support/hotel/desk.ts';
import type { Desk } from '../../../support/hotel/desk.ts';

let t: TestApp;
let desk: Desk;
let paths: Record<string, Record<string, { deprecated?: boolean; tags?: string[] }>>;

const PUBLIC = '/api/public/hotel/{slug}';
const STAFF = '/api/staff/hotel/{slug}/room-bookings';
const CANONICAL = '/api/v1/public/properties/{slug}';
const DESK = '/api/v1/staff/properties/{slug}/bookings';

/** Every call HotelMate knows, and the canonical one that does the same, written by hand. */
const SUCCESSORS: readonly [method: Method, path: string, successor: string][] = [
  ['GET', `${PUBLIC}/availability`, `GET ${CANONICAL}/availability`],
  ['POST', `${PUBLIC}/pricing/quote`, `POST ${CANONICAL}/quotes`],
  ['POST', `${PUBLIC}/bookings`, `POST ${CANONICAL}/bookings`],
  ['GET', `${PUBLIC}/room-bookings/{code}`, 'GET /api/v1/guest/booking'],
  ['POST', `${PUBLIC}/room-bookings/{code}/payment/session`, 'POST /api/v1/guest/booking/payment-session'],
  ['POST', '/api/public/hotel/room-bookings/stripe-webhook', 'POST /api/v1/webhooks/stripe'],
  ['GET', STAFF, `GET ${DESK}`],
  ['GET', `${STAFF}/{code}`, `GET ${DESK}/{code}`],
  ['POST', `${STAFF}/{code}/confirm`, `POST ${DESK}/{code}/approve`],
  ['PATCH', `${STAFF}/{code}/confirm`, `POST ${DESK}/{code}/approve`],
  ['POST', `${STAFF}/{code}/cancel`, `POST ${DESK}/{code}/cancel`],
  ['PATCH', `${STAFF}/{code}/cancel`, `POST ${DESK}/{code}/cancel`],
];

beforeAll(async () => {
  t = await startTestApp();
  desk = await openDesk(t, { rooms: 30 });
  ({ paths } = await readDocument(t));
});
afterAll(() => t.close());

const fill = (path: string, code: string, slug = desk.hotel.slug) =>
  path.replace('{slug}', slug).replace('{code}', code);

function expectSuccessor({ headers }: Pick<Answer, 'headers'>, path: string): void {
  expect(headers['deprecation']).toMatch(/^@\d{10}$/);
  expect(Number(String(headers['deprecation']).slice(1)) * 1_000).toBeLessThanOrEqual(Date.now());
  expect(headers['link']).toBe(`<${path}>; rel="successor-version"`);
}

test('the table above names every one of HotelMate’s calls, each marked as deprecated', () => {
  const documented = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { tags, deprecated }]) =>
      tags?.includes('HotelMate') === true ? [`${method.toUpperCase()} ${path} ${String(deprecated)}`] : [],
    ),
  );
  const named = SUCCESSORS.map(([method, path]) => `${method} ${path} true`);
  expect(documented.toSorted()).toEqual(named.toSorted());
});

describe.each(SUCCESSORS)('%s %s', (method, path, successor) => {
  const [verb = '', canonical = ''] = successor.split(' ');

  test('has a successor that there is', () => {
    expect(Object.keys(paths[canonical] ?? {})).toContain(verb.toLowerCase());
  });

  test('names it in refusals, whoever is refused and why', async () => {
    const { code } = await desk.book();
    const url = fill(path, code);
    const headers = { 'content-type': 'text/csv', authorization: 'Bearer nonsense' };
    const [bare, odd] = [await t.call(method, url), await t.call(method, `${url}/?no_such=1`, { headers })];
    for (const answer of [bare, odd]) {
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expectSuccessor(answer, fill(canonical, code));
    }
  });

  test('names it when there are too many', async () => {
    const app = await buildApp({ ...t.ctx, config: { ...t.ctx.config, RATE_LIMIT_SCALE: 0.001 } });
    const ask = () => app.inject({ method, url: fill(path, 'BK-2026-0001') });
    await ask();
    const answer = await ask();
    await app.close();
    expect(answer.statusCode).toBe(429);
    expectSuccessor(answer, fill(canonical, 'BK-2026-0001'));
  });
});

test('answers that did something name it too, with the code where the path had the UUID', async () => {
  const nights = { check_in: daysAhead(30), check_out: daysAhead(31) };
  const site = fill(PUBLIC, '');
  const stay = { room_type: 'ROOM', ...nights };
  const { firstName: first_name, lastName: last_name, email } = guest;
  const search = await t.call('GET', `${site}/availability?${new URLSearchParams(nights).toString()}`);
  const quote = await t.call('POST', `${site}/pricing/quote`, { body: stay });
  const created = await t.call('POST', `${site}/bookings`, {
    body: { ...stay, guest: { first_name, last_name, email } },
  });
  const code = created.body.booking_id as string;
  const { id } = await t.ctx.db.booking.findUniqueOrThrow({ where: { code } });
  const own = await t.call('GET', `${site}/room-bookings/${id}`, { token: created.body.guest_token });
  const { token } = desk;
  const seen = await t.call('GET', fill(`${STAFF}/{code}`, id), { token });
  const cancelled = await t.call('PATCH', fill(`${STAFF}/{code}/cancel`, id), { token });
  expect([search, quote, created, own, seen, cancelled].map(({ status }) => status)).toEqual([
    ...[200, 200, 201, 200, 200, 200],
  ]);
  expectSuccessor(search, fill(`${CANONICAL}/availability`, ''));
  expectSuccessor(quote, fill(`${CANONICAL}/quotes`, ''));
  expectSuccessor(created, fill(`${CANONICAL}/bookings`, ''));
  expectSuccessor(own, '/api/v1/guest/booking');
  expectSuccessor(seen, fill(`${DESK}/{code}`, code));
  expectSuccessor(cancelled, fill(`${DESK}/{code}/cancel`, code));
});

test('what is written in the path ends neither the link nor the header', async () => {
  const nasty = encodeURIComponent('a>; rel="next"\r\nset-cookie: x=1,é');
  const answer = await t.call('GET', `/api/public/hotel/${nasty}/availability`);
  expect(answer.status).toBe(400);
  expectSuccessor(answer, `/api/v1/public/properties/${nasty}/availability`);
  expect(answer.headers).not.toHaveProperty('set-cookie');
});

test('the canonical paths are not deprecated', async () => {
  const { headers } = await t.call('GET', desk.hotel.path);
  expect(headers).not.toHaveProperty('deprecation');
  expect(headers).not.toHaveProperty('link');
});
