import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildApp } from '../../../src/app.ts';
import { countInProcess } from '../../../src/http/limits/count-in-process.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { Answer, TestApp } from '../../support/server/app.ts';
import { daysAhead, guest, stayBody } from '../../support/hotel/build.ts';
import { openDesk } from '../../support/hotel/desk.ts';
import type { Desk } from '../../support/hotel/desk.ts';
import { refusal } from '../../support/http/problems.ts';
import { addPromo } from '../../support/money/promo.ts';

let t: TestApp;
let desk: Desk;
let address = 0;

beforeAll(async () => {
  t = await startTestApp({ RATE_LIMIT_SCALE: '1' });
  desk = await openDesk(t, { rooms: 90 });
  await addPromo(t, desk.hotel.propertyId);
  await addPromo(t, desk.hotel.propertyId, { code: 'GONE', isActive: false });
});
afterAll(() => t.close());

const { guest: _, ...stay } = stayBody();
const nights = { checkIn: daysAhead(30), checkOut: daysAhead(31) };

/** Somebody at an address of their own, and the ways in which one may try a code. */
function openBrowser(app = t.app) {
  address += 1;
  const remoteAddress = `10.7.${String(address)}.1`;
  const call = async (method: 'GET' | 'POST', url: string, payload?: object, headers = {}): Promise<Answer> => {
    const answer = await app.inject({ method, url: `/api${url}`, remoteAddress, headers, ...(payload && { payload }) });
    return { status: answer.statusCode, headers: answer.headers, body: answer.json() };
  };
  const { path, slug } = desk.hotel;
  const dates = { room_type: 'ROOM', check_in: nights.checkIn, check_out: nights.checkOut, adults: 2 };
  const primary = { first_name: 'Aoife', last_name: 'Byrne', email: guest.email, phone: guest.phone };
  return {
    call,
    quote: (code?: string) => call('POST', `${path}/quotes`, { ...stay, ...(code && { promoCode: code }) }),
    book: (code?: string) => call('POST', `${path}/bookings`, stayBody(code === undefined ? {} : { promoCode: code })),
    search: (code: string) =>
      call('GET', `${path}/availability?${new URLSearchParams({ ...nights, promoCode: code }).toString()}`),
    quoteOld: (code: string) => call('POST', `/public/hotel/${slug}/pricing/quote/`, { ...dates, promo_code: code }),
    bookOld: (code: string) =>
      call('POST', `/public/hotel/${slug}/bookings/`, { ...dates, guest: primary, promo_code: code }),
  };
}

test('ten wrong codes a minute are refused as wrong, and then every code is one too many', async () => {
  const { quote } = openBrowser();
  for (let guess = 0; guess < 10; guess += 1) {
    expect(await quote(`GUESS${String(guess)}`)).toMatchObject(refusal('promo_invalid'));
  }
  const refused = await quote('GUESS10');
  expect(refused).toMatchObject(refusal('rate_limited'));
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  // Were a right one let through, guessing could go on.
  const right = await quote('TEN');
  expect(right).toMatchObject(refusal('rate_limited'));
  expect(Number(right.headers['retry-after'])).toBeGreaterThan(0);
});

test('who has guessed too often may still search, quote and book without a code', async () => {
  const { quote, book } = openBrowser();
  for (let guess = 0; guess < 11; guess += 1) await quote('WRONG');
  expect((await quote()).status).toBe(200);
  expect((await book()).status).toBe(201);
});

test('right codes are not counted', async () => {
  const { quote } = openBrowser();
  for (let time = 0; time < 30; time += 1) expect((await quote('TEN')).status).toBe(200);
  expect(await quote('WRONG')).toMatchObject(refusal('promo_invalid'));
});

test('a code that exists and can not be used counts as a wrong one', async () => {
  const { quote } = openBrowser();
  for (let guess = 0; guess < 10; guess += 1) expect(await quote('GONE')).toMatchObject(refusal('promo_invalid'));
  expect(await quote('GONE')).toMatchObject(refusal('rate_limited'));
});

test('wherever they are tried, wrong codes are one count', async () => {
  const { quote, search, book, quoteOld, bookOld } = openBrowser();
  for (const attempt of [quote, search, book, quoteOld, bookOld, quote, search, book, quoteOld, bookOld]) {
    expect(await attempt('WRONG')).toMatchObject(refusal('promo_invalid'));
  }
  for (const attempt of [quote, search, book, quoteOld, bookOld]) {
    expect(await attempt('WRONG')).toMatchObject(refusal('rate_limited'));
    expect(await attempt('TEN')).toMatchObject(refusal('rate_limited'));
  }
});

test('other addresses are not concerned', async () => {
  const [guesser, other] = [openBrowser(), openBrowser()];
  for (let guess = 0; guess < 11; guess += 1) await guesser.quote('WRONG');
  expect((await other.quote('TEN')).status).toBe(200);
});

test('of 250 wrong codes at once ten are looked up, wherever they are tried', async () => {
  const { quote, search, quoteOld } = openBrowser();
  const attempts = [quote, search, quoteOld];
  const answers = await Promise.all(
    Array.from({ length: 250 }, (_, guess) => (attempts[guess % 3] ?? quote)(`GUESS${String(guess)}`)),
  );
  expect(answers.filter(({ status }) => status === 422)).toHaveLength(10);
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(240);
});

test('a network may guess thirty times a minute at one property, from however many addresses', async () => {
  address += 1;
  const network = `10.7.${String(address)}`;
  let wrong = 0;
  for (let host = 1; host <= 5; host += 1) {
    for (let guess = 0; guess < 10; guess += 1) {
      const url = `/api${desk.hotel.path}/quotes`;
      const payload = { ...stay, promoCode: 'WRONG' };
      const { statusCode } = await t.app.inject({
        method: 'POST',
        url,
        payload,
        remoteAddress: `${network}.${String(host)}`,
      });
      if (statusCode === 422) wrong += 1;
      else expect(statusCode).toBe(429);
    }
  }
  expect(wrong).toBe(30);
});

test('processes that share their counts share this one', async () => {
  const counter = countInProcess();
  const [one, two] = [await buildApp(t.ctx, counter), await buildApp(t.ctx, counter)];
  const before = address;
  const here = openBrowser(one);
  address = before;
  const there = openBrowser(two);
  for (let guess = 0; guess < 10; guess += 1) await (guess % 2 === 0 ? here : there).quote('WRONG');
  expect(await here.quote('WRONG')).toMatchObject(refusal('rate_limited'));
  expect(await there.quote('WRONG')).toMatchObject(refusal('rate_limited'));
  expect(await there.quote('TEN')).toMatchObject(refusal('rate_limited'));
  await Promise.all([one.close(), two.close()]);
});

test('staff at their desk are told as often as they ask', async () => {
  const body = stayBody({ payment: 'ON_SITE', promoCode: 'WRONG' });
  for (let time = 0; time < 15; time += 1) {
    expect(await desk.call('POST', '/bookings', { body })).toMatchObject(
      refusal('promo_invalid', { reason: 'UNKNOWN' }),
    );
  }
});
