import { expect, test } from 'vitest';
import { addDays, listDates } from '../../../src/domain/time/calendar.ts';
import {
  assessStay,
  listNightPrices,
  priceOffer,
  REASON_CODES,
  STAY_REASONS,
} from '../../../src/domain/availability/stay.ts';
import { ERRORS } from '../../../src/errors.ts';
import { buildRoomType, buildStay, buildTerms, TODAY } from '../../support/oracles/offers.ts';
import { INDIAN_GST } from '../../support/oracles/charges.ts';

const MONTH_MINUTES = 30 * 24 * 60;

/** A stay of two nights, a month from now, in a room type that is free. */
function assess(
  input: {
    stay?: Parameters<typeof buildStay>[0];
    roomType?: Parameters<typeof buildRoomType>[0];
    nights?: Parameters<typeof buildRoomType>[1];
    terms?: Parameters<typeof buildTerms>[0];
    minutesToArrival?: number;
    isStaff?: boolean;
  } = {},
) {
  return assessStay({
    stay: buildStay(input.stay),
    roomType: buildRoomType(input.roomType, input.nights),
    terms: buildTerms(input.terms),
    today: TODAY,
    minutesToArrival: input.minutesToArrival ?? MONTH_MINUTES,
    isStaff: input.isStaff ?? false,
  });
}

test('a stay that nothing stands against can be booked', () => {
  expect(assess()).toEqual({ available: 2, reason: null, minStay: 1, maxStay: null });
});

test('as many rooms are available as there are on the scarcest night', () => {
  const checkIn = buildStay().checkIn;
  expect(assess({ nights: { [checkIn]: { free: 5 }, [addDays(checkIn, 1)]: { free: 1 } } })).toMatchObject({
    available: 1,
    reason: null,
  });
});

test('a stay is sold out when one of its nights is', () => {
  const last = addDays(buildStay().checkOut, -1);
  expect(assess({ nights: { [last]: { free: 0 } } })).toMatchObject({ available: 0, reason: 'SOLD_OUT' });
});

test('the night of the departure does not matter', () => {
  const { checkIn, checkOut } = buildStay();
  const nights = { [checkOut]: { free: 0, isClosed: true }, [addDays(checkIn, -1)]: { free: 0, isClosed: true } };
  expect(assess({ nights })).toMatchObject({ available: 2, reason: null });
});

test('a hold past its deadline counts as free', () => {
  const { checkIn } = buildStay();
  expect(assess({ nights: { [checkIn]: { free: 0, overdue: 1 } } })).toMatchObject({ available: 1, reason: null });
});

test('nights that are oversold leave nothing, and not less than nothing', () => {
  expect(assess({ nights: { [buildStay().checkIn]: { free: -2 } } })).toMatchObject({
    available: 0,
    reason: 'SOLD_OUT',
  });
});

test('a stay with a closed night is closed', () => {
  const last = addDays(buildStay().checkOut, -1);
  expect(assess({ nights: { [last]: { isClosed: true } } }).reason).toBe('CLOSED');
});

test('a stay over a night that is not in the inventory is closed, and nothing is available', () => {
  const { checkIn } = buildStay();
  const roomType = buildRoomType();
  const nights = roomType.nights.filter(({ date }) => date !== addDays(checkIn, 1));
  expect(assess({ roomType: { nights } })).toMatchObject({ available: 0, reason: 'CLOSED' });
  expect(assess({ roomType: { nights: [] } })).toMatchObject({ available: 0, reason: 'CLOSED' });
});

test.each([
  [{ adults: 4, children: 0 }, null],
  [{ adults: 3, children: 1 }, null],
  [{ adults: 3, children: 2 }, 'OCCUPANCY'],
  [{ adults: 5, children: 0 }, 'OCCUPANCY'],
] as const)('for %o in a room for four the reason is %s', (persons, reason) => {
  expect(assess({ stay: persons, roomType: { maxOccupancy: 4 } }).reason).toBe(reason);
});

test.each([
  [2, null],
  [3, 'MIN_STAY'],
])('two nights where the shortest stay is %i: the reason is %s', (minStay, reason) => {
  expect(assess({ roomType: { minStay } })).toMatchObject({ minStay, reason });
});

test('the shortest stay is that of the night of arrival, before the room type’s own', () => {
  const { checkIn } = buildStay();
  expect(assess({ roomType: { minStay: 7 }, nights: { [checkIn]: { minStay: 1 } } })).toMatchObject({
    minStay: 1,
    reason: null,
  });
  expect(assess({ nights: { [checkIn]: { minStay: 3 } } })).toMatchObject({ minStay: 3, reason: 'MIN_STAY' });
  expect(assess({ nights: { [addDays(checkIn, 1)]: { minStay: 3 } } })).toMatchObject({ minStay: 1, reason: null });
});

test.each([
  [1, 'MAX_STAY'],
  [2, null],
  [null, null],
])('two nights where the longest stay is %o: the reason is %s', (maxStay, reason) => {
  expect(assess({ nights: { [buildStay().checkIn]: { maxStay } } })).toMatchObject({ maxStay, reason });
});

test.each([
  ['isClosedToArrival', ['CLOSED_TO_ARRIVAL', null, null]],
  ['isClosedToDeparture', [null, null, 'CLOSED_TO_DEPARTURE']],
  ['maxStay', ['MAX_STAY', null, null]],
] as const)('%s counts on the first night, the second, the day of departure', (restriction, expected) => {
  const value = restriction === 'maxStay' ? 1 : true;
  const days = listDates(buildStay().checkIn, addDays(buildStay().checkOut, 1));
  expect(days.map((date) => assess({ nights: { [date]: { [restriction]: value } } }).reason)).toEqual(expected);
});

test('a departure beyond the inventory is free', () => {
  const { checkOut } = buildStay();
  const nights = buildRoomType().nights.filter(({ date }) => date !== checkOut);
  expect(assess({ roomType: { nights } }).reason).toBe(null);
});

test('a move keeps the arrival or the departure that is agreed', () => {
  const { checkIn, checkOut } = buildStay();
  const closed = { [checkIn]: { isClosedToArrival: true }, [checkOut]: { isClosedToDeparture: true } };
  const moved = (agreed: { checkIn: string; checkOut: string }) =>
    assessStay({
      stay: buildStay(),
      roomType: buildRoomType({}, closed),
      terms: buildTerms(),
      today: TODAY,
      minutesToArrival: MONTH_MINUTES,
      isStaff: true,
      agreed,
    }).reason;
  expect(moved({ checkIn, checkOut })).toBe(null);
  expect(moved({ checkIn, checkOut: addDays(checkOut, 1) })).toBe('CLOSED_TO_DEPARTURE');
  expect(moved({ checkIn: addDays(checkIn, -1), checkOut })).toBe('CLOSED_TO_ARRIVAL');
});

test.each([
  // The last night is 31 days ahead.
  [31, null],
  [30, 'BEYOND_WINDOW'],
])('with a booking window of %i days the reason is %s', (bookingWindowDays, reason) => {
  expect(assess({ terms: { bookingWindowDays } }).reason).toBe(reason);
});

test.each([
  [120, 120, null],
  [120, 119, 'NOTICE'],
  [120, -30, 'NOTICE'],
  // Without a minimum notice, who stands at the desk after check-in time can still have a room.
  [0, -30, null],
])('with a notice of %i minutes, %i before arrival, the reason is %s', (minNoticeMinutes, minutesToArrival, reason) => {
  expect(assess({ terms: { minNoticeMinutes }, minutesToArrival }).reason).toBe(reason);
});

test('staff are asked for no notice', () => {
  expect(assess({ terms: { minNoticeMinutes: 120 }, minutesToArrival: -30, isStaff: true }).reason).toBe(null);
});

test('of several reasons the one that stands longest is given', () => {
  const { checkIn } = buildStay();
  const mended: string[] = [];
  const noDeparture = { [buildStay().checkOut]: { isClosedToDeparture: true } };
  // Everything is wrong; then one thing after the other is mended, and the next reason shows.
  const wrong = {
    terms: { bookingWindowDays: 5, minNoticeMinutes: 120 },
    minutesToArrival: 0,
    stay: { adults: 9 },
    roomType: { minStay: 7 },
    nights: { [checkIn]: { free: 0, isClosed: true, isClosedToArrival: true }, ...noDeparture },
  };
  const steps = [
    { ...wrong },
    { ...wrong, terms: { minNoticeMinutes: 120 } },
    { ...wrong, terms: {} },
    { ...wrong, terms: {}, stay: {} },
    { ...wrong, terms: {}, stay: {}, nights: { [checkIn]: { free: 0, isClosedToArrival: true }, ...noDeparture } },
    { ...wrong, terms: {}, stay: {}, nights: { [checkIn]: { free: 0 }, ...noDeparture } },
    { ...wrong, terms: {}, stay: {}, nights: { [checkIn]: { free: 0, maxStay: 1 } } },
    { ...wrong, terms: {}, stay: {}, nights: { [checkIn]: { free: 0, maxStay: 1 } }, roomType: {} },
    { ...wrong, terms: {}, stay: {}, nights: { [checkIn]: { free: 0 } }, roomType: {} },
    { ...wrong, terms: {}, stay: {}, nights: {}, roomType: {} },
  ];
  for (const step of steps) mended.push(String(assess(step).reason));
  expect(mended).toEqual([...STAY_REASONS, 'null']);
});

test('every reason has a refusal of its own', () => {
  expect(REASON_CODES).toEqual({
    BEYOND_WINDOW: 'beyond_booking_window',
    NOTICE: 'notice_too_short',
    OCCUPANCY: 'occupancy_exceeded',
    CLOSED: 'closed',
    CLOSED_TO_ARRIVAL: 'closed_to_arrival',
    CLOSED_TO_DEPARTURE: 'closed_to_departure',
    MIN_STAY: 'min_stay',
    MAX_STAY: 'max_stay',
    SOLD_OUT: 'sold_out',
  });
  expect(STAY_REASONS.map((reason) => ERRORS[REASON_CODES[reason]].status)).toEqual([
    422, 422, 422, 422, 422, 422, 422, 422, 409,
  ]);
});

test('a night costs its own price, else the discounted, else the base price', () => {
  const stay = buildStay();
  const amounts = (roomType: Parameters<typeof buildRoomType>[0], price: number | null = null) =>
    listNightPrices(buildRoomType(roomType, { [stay.checkIn]: { price } }), stay).map(({ amount }) => amount);
  expect(amounts({ basePrice: 10_000 })).toEqual([10_000, 10_000]);
  expect(amounts({ basePrice: 10_000, discountedPrice: 9_000 })).toEqual([9_000, 9_000]);
  expect(amounts({ basePrice: 10_000, discountedPrice: 9_000 }, 12_000)).toEqual([12_000, 9_000]);
  expect(amounts({ basePrice: 10_000 }, 0)).toEqual([0, 10_000]);
  expect(amounts({ basePrice: 10_000, discountedPrice: 0 })).toEqual([0, 0]);
});

test('the prices of a stay are those of its nights, each with its date', () => {
  const stay = buildStay();
  const nights = listNightPrices(buildRoomType(), stay);
  expect(nights.map(({ date }) => date)).toEqual([stay.checkIn, addDays(stay.checkIn, 1)]);
});

test('an offer is priced by the room type, the persons and the terms', () => {
  // (399,900 + 80,000) × 2 nights = 959,800, of which 5 % GST is 47,990; half of 1,007,790 is due now
  const price = priceOffer({
    stay: buildStay({ adults: 3 }),
    roomType: buildRoomType({
      basePrice: 450_000,
      discountedPrice: 399_900,
      baseOccupancy: 2,
      extraAdultCharge: 80_000,
    }),
    terms: buildTerms({
      currency: 'INR',
      taxes: [INDIAN_GST],
      paymentPolicy: 'DEPOSIT',
      depositPolicy: { type: 'PERCENT', value: 5_000 },
    }),
    promo: null,
  });
  expect(price).toMatchObject({
    currency: 'INR',
    baseAmount: 959_800,
    taxAmount: 47_990,
    totalPayable: 1_007_790,
    depositDue: 503_895,
    balanceDue: 503_895,
    walletApplied: 0,
    gatewayPayable: 503_895,
  });
});
