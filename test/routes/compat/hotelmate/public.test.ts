import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp } from '../../../support/server/app.ts';
import type { Answer, TestApp } from '../../../support/server/app.ts';
import { daysAhead } from '../../../support/hotel/build.ts';
import { openDesk } from '../../../support/hotel/desk.ts';
import type { Desk } from '../../../support/hotel/desk.ts';
import { invalid, refusal } from '../../../support/http/problems.ts';

let t: TestApp;
let desk: Desk;
const nights = { check_in: daysAhead(30), check_out: daysAhead(31) };
const wish = { room_type: 'ROOM', ...nights };

beforeAll(async () => {
  t = await startTestApp();
  desk = await openDesk(t, { rooms: 3, property: { phone: '+353 1 555 0199' } });
});
afterAll(() => t.close());

const search = (query: Record<string, string> = {}, slug = desk.hotel.slug) =>
  t.call('GET', `/api/public/hotel/${slug}/availability/?${new URLSearchParams({ ...nights, ...query }).toString()}`);
const quote = (body: Record<string, unknown> = {}, slug = desk.hotel.slug) =>
  t.call('POST', `/api/public/hotel/${slug}/pricing/quote/`, { body: { ...wish, ...body } });

const pricing = {
  currency: 'EUR',
  lines: [
    {
      kind: 'NIGHT',
      label: `Room, night of ${nights.check_in}`,
      quantity: 1,
      date: nights.check_in,
      unit_amount: '100.00',
      amount: '100.00',
    },
  ],
  subtotal: '100.00',
  discount: '0.00',
  subtotal_after_promo: '100.00',
  taxes: '0.00',
  tax_lines: [],
  total: '100.00',
  deposit_due: '100.00',
  balance_due: '0.00',
};
const infoOf = (at: Desk) => ({
  hotel_info: { slug: at.hotel.slug, name: 'Test hotel', timezone: 'Europe/Dublin', phone: '+353 1 555 0199' },
  dates_info: { ...nights, nights: 1 },
  guest_info: { adults: 2, children: 0, total_guests: 2 },
});
const offer = {
  room_info: { room_type_code: 'ROOM', room_type_name: 'Room', max_occupancy: 4 },
  is_available: true,
  rooms_left: 3,
  reason: null,
  pricing,
};

test('availability answers every room type with its price, in groups', async () => {
  const answer = await search();
  expect(answer.status).toBe(200);
  expect(answer.body).toEqual({ ...infoOf(desk), available_rooms: [offer] });
});

test('a quote answers the same with what is due when', async () => {
  const answer = await quote();
  expect(answer.status).toBe(200);
  const payment = { required: true, due_now: '100.00', due_later: '0.00' };
  expect(answer.body).toEqual({ ...infoOf(desk), ...offer, payment });
});

test('a room type goes by either of its names, but not by both at once', async () => {
  const { room_type: code, ...rest } = wish;
  const path = `/api/public/hotel/${desk.hotel.slug}/pricing/quote`;
  const byOther = await t.call('POST', path, { body: { ...rest, room_type_code: code } });
  expect(byOther.body).toEqual((await quote()).body);
  expect(await quote({ room_type_code: 'ROOM' })).toMatchObject(invalid('room_type_code'));
  expect(await t.call('POST', path, { body: rest })).toMatchObject(invalid('room_type'));
});

test('what is left empty in a form is not there', async () => {
  expect((await search({ promo_code: '' })).body).toEqual((await search()).body);
  expect((await quote({ promo_code: '' })).body).toEqual((await quote()).body);
});

test('a room type that can not be booked is listed with its reason', async () => {
  const full = await openDesk(t, { rooms: 0 });
  const { body } = await search({}, full.hotel.slug);
  expect(body.available_rooms).toMatchObject([{ is_available: false, rooms_left: 0, reason: 'SOLD_OUT' }]);
  expect((await quote({ adults: 5 })).body).toMatchObject({ is_available: false, reason: 'OCCUPANCY' });
});

/** An amount as the canonical path has it. */
const minor = (text: string) => Number(text.replace('.', ''));
const priceOf = ({ pricing: price }: Answer['body']) => ({
  baseAmount: minor(price.subtotal),
  promoDiscount: minor(price.discount),
  subtotalAfterPromo: minor(price.subtotal_after_promo),
  taxAmount: minor(price.taxes),
  totalPayable: minor(price.total),
  depositDue: minor(price.deposit_due),
  balanceDue: minor(price.balance_due),
  taxes: price.tax_lines.map(({ amount }: { amount: string }) => ({ amount: minor(amount) })),
  lines: price.lines.map(({ amount }: { amount: string }) => ({ amount: minor(amount) })),
});

test.each([
  ['harbour-hotel', 2, 1],
  ['monsoon-palace', 3, 0],
])('at %s every price is the canonical one, to the minor unit', async (slug, adults, children) => {
  const stay = { checkIn: nights.check_in, checkOut: daysAhead(34), adults, children };
  const persons = { check_out: stay.checkOut, adults: String(adults), children: String(children) };
  const { available_rooms: offers } = (await search(persons, slug)).body;
  expect(offers.length).toBeGreaterThan(1);
  for (const found of offers) {
    const roomType = found.room_info.room_type_code as string;
    const canonical = await t.call('POST', `/v1/public/properties/${slug}/quotes`, { body: { roomType, ...stay } });
    expect(canonical.body.price).toMatchObject(priceOf(found));
    expect(canonical.body).toMatchObject({ bookable: found.is_available, available: found.rooms_left });
    const quoted = await quote({ room_type: roomType, check_out: stay.checkOut, adults, children }, slug);
    expect(quoted.body).toMatchObject(found);
  }
});

test.each([
  [{ check_in: '2027-02-30' }, 'check_in'],
  [{ check_out: nights.check_in }, 'check_out'],
  [{ check_out: daysAhead(121) }, 'check_out'],
  [{ adults: '0' }, 'adults'],
  [{ children: '9' }, 'children'],
  [{ checkIn: nights.check_in }, 'checkIn'],
])('availability for %j is 400 at %s', async (query, path) => {
  expect(await search(query)).toMatchObject(invalid(path));
});

test.each([
  [{ check_in: undefined }, 'check_in'],
  [{ check_out: nights.check_in }, 'check_out'],
  [{ adults: '2' }, 'adults'],
  [{ children: 9 }, 'children'],
  [{ room_type: 'no code' }, 'room_type'],
  [{ roomType: 'ROOM' }, 'roomType'],
])('a quote for %j is 400 at %s', async (body, path) => {
  expect(await quote(body)).toMatchObject(invalid(path));
});

test('availability and quotes are refused as on the canonical paths', async () => {
  const past = { check_in: daysAhead(-2), check_out: daysAhead(-1) };
  expect(await search(past)).toMatchObject(refusal('past_time'));
  expect(await quote(past)).toMatchObject(refusal('past_time'));
  expect(await search({ promo_code: 'NOSUCH' })).toMatchObject(refusal('promo_invalid'));
  expect(await quote({ promo_code: 'NOSUCH' })).toMatchObject(refusal('promo_invalid'));
  expect(await search({}, 'nowhere')).toMatchObject(refusal('not_found'));
  expect(await quote({}, 'nowhere')).toMatchObject(refusal('not_found'));
  expect(await quote({ room_type: 'NOSUCH' })).toMatchObject(refusal('not_found'));
});
