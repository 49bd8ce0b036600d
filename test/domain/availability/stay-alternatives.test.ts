import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addDays, countDays } from '../../../src/domain/time/calendar.ts';
import { ALTERNATIVE_DAYS, assessStay, listAlternatives, priceOffer } from '../../../src/domain/availability/stay.ts';
import type { RoomTypeOffer, StayRequest, StayTerms } from '../../../src/domain/availability/stay.ts';
import { IRISH_VAT } from '../../support/oracles/charges.ts';
import { buildRoomType, buildStay, buildTerms, onNights, TODAY } from '../../support/oracles/offers.ts';
import { cases } from '../../support/tier/trials.ts';

const DAY_MINUTES = 24 * 60;

function alternatives(input: {
  stay?: StayRequest;
  roomTypes: readonly RoomTypeOffer[];
  terms?: StayTerms;
  wished?: string;
}) {
  const stay = input.stay ?? buildStay();
  return listAlternatives({
    stay,
    requestedRoomType: input.wished ?? 'ROOM',
    roomTypes: input.roomTypes,
    terms: input.terms ?? buildTerms(),
    today: TODAY,
    minutesToArrival: countDays(TODAY, stay.checkIn) * DAY_MINUTES,
    isStaff: false,
  });
}

/** As `SUITE +1`: the room type, and by how many days it is moved. */
const brief = (found: ReturnType<typeof alternatives>, stay = buildStay()) =>
  found.map(({ roomType, checkIn }) => `${roomType} ${String(countDays(stay.checkIn, checkIn))}`);

const soldOut = (code = 'ROOM') =>
  buildRoomType({ code }, onNights(buildStay().checkIn, buildStay().checkOut, { free: 0 }));

test('other room types on the same dates come first, then the nearest dates, the earlier before the later', () => {
  const roomTypes = [soldOut(), buildRoomType({ code: 'DELUXE' }), buildRoomType({ code: 'SUITE' })];
  // Two nights move by two days before they are clear of the two that are sold out.
  expect(brief(alternatives({ roomTypes }))).toEqual(['DELUXE 0', 'SUITE 0', 'ROOM -2', 'ROOM 2', 'ROOM -3']);
});

test('the wished room type on another date comes before another room type on another date', () => {
  const roomTypes = [soldOut(), soldOut('DELUXE')];
  expect(brief(alternatives({ roomTypes }))).toEqual(['ROOM -2', 'ROOM 2', 'ROOM -3', 'ROOM 3', 'ROOM -4']);
});

test('when the wished room type is not to be had at all, others are offered on other dates', () => {
  const gone = buildRoomType({}, onNights(addDays(TODAY, -10), addDays(TODAY, 60), { free: 0 }));
  expect(brief(alternatives({ roomTypes: [gone, soldOut('DELUXE')] }))).toEqual([
    ...['DELUXE -2', 'DELUXE 2', 'DELUXE -3', 'DELUXE 3', 'DELUXE -4'],
  ]);
});

test('an alternative has as many nights and says what it costs', () => {
  const stay = buildStay({ adults: 3 });
  const suite = buildRoomType({ code: 'SUITE', basePrice: 28_900, extraAdultCharge: 4_000 });
  const [first] = alternatives({ stay, roomTypes: [soldOut(), suite], terms: buildTerms({ taxes: [IRISH_VAT] }) });
  expect(first).toEqual({
    roomType: 'SUITE',
    checkIn: stay.checkIn,
    checkOut: stay.checkOut,
    totalPayable: 65_800,
    currency: 'EUR',
  });
});

test('the price of an alternative is that of its own nights', () => {
  const stay = buildStay();
  const dear = { [addDays(stay.checkIn, -1)]: { price: 15_000 } };
  const roomType = buildRoomType({}, { ...onNights(stay.checkIn, stay.checkOut, { free: 0 }), ...dear });
  expect(
    alternatives({ roomTypes: [roomType] })
      .map(({ totalPayable }) => totalPayable)
      .slice(0, 2),
  ).toEqual([25_000, 20_000]);
});

test('no alternative begins before today', () => {
  const stay = buildStay({ checkIn: TODAY, checkOut: addDays(TODAY, 1) });
  const roomTypes = [buildRoomType({}, { [TODAY]: { free: 0 } })];
  expect(brief(alternatives({ stay, roomTypes }), stay)).toEqual(['ROOM 1', 'ROOM 2', 'ROOM 3', 'ROOM 4', 'ROOM 5']);
});

test('the notice that a property asks for holds for alternatives too', () => {
  // Arrival in two days: a day earlier is within the notice of 48 hours, a day later is not.
  const stay = buildStay({ checkIn: addDays(TODAY, 2), checkOut: addDays(TODAY, 3) });
  const roomTypes = [buildRoomType({}, { [stay.checkIn]: { free: 0 } })];
  const terms = buildTerms({ minNoticeMinutes: 2 * DAY_MINUTES });
  expect(brief(alternatives({ stay, roomTypes, terms }), stay)[0]).toBe('ROOM 1');
});

test('a room that is too small, closed or too far ahead is no alternative', () => {
  const stay = buildStay({ adults: 4 });
  const roomTypes = [
    soldOut(),
    buildRoomType({ code: 'SINGLE', maxOccupancy: 1 }),
    buildRoomType({ code: 'CLOSED' }, onNights(addDays(TODAY, -10), addDays(TODAY, 60), { isClosed: true })),
    buildRoomType({ code: 'LONG', minStay: 7 }),
  ];
  const terms = buildTerms({ bookingWindowDays: 30 });
  expect(brief(alternatives({ stay, roomTypes, terms }))).toEqual([
    ...['ROOM -2', 'ROOM -3', 'ROOM -4', 'ROOM -5', 'ROOM -6'],
  ]);
});

test('where nothing can be had, there are no alternatives', () => {
  expect(alternatives({ roomTypes: [] })).toEqual([]);
  const gone = buildRoomType({}, onNights(addDays(TODAY, -10), addDays(TODAY, 60), { free: 0 }));
  expect(alternatives({ roomTypes: [gone] })).toEqual([]);
});

/** Three room types on whose nights anything may be the matter. */
const someRoomTypes = fc.tuple(
  ...['ROOM', 'DELUXE', 'SUITE'].map((code) =>
    fc
      .array(fc.constantFrom({}, { free: 0 }, { free: 0, overdue: 1 }, { isClosed: true }, { minStay: 3 }), {
        minLength: 40,
        maxLength: 40,
      })
      .map((states) =>
        buildRoomType({ code }, Object.fromEntries(states.map((state, index) => [addDays(TODAY, index), state]))),
      ),
  ),
);
const someStay = fc
  .tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 1, max: 4 }))
  .map(([ahead, nights]) => buildStay({ checkIn: addDays(TODAY, ahead), checkOut: addDays(TODAY, ahead + nights) }));
const someTerms = fc
  .record({ bookingWindowDays: fc.integer({ min: 5, max: 60 }), minNoticeMinutes: fc.constantFrom(0, 3 * DAY_MINUTES) })
  .map(buildTerms);

test('every alternative can itself be booked, at the price it says, from today on, and is named once', () => {
  fc.assert(
    fc.property(someRoomTypes, someStay, someTerms, (roomTypes, stay, terms) => {
      const found = alternatives({ stay, roomTypes, terms });
      for (const { roomType: code, checkIn, checkOut, totalPayable } of found) {
        const roomType = roomTypes.find((candidate) => candidate.code === code) ?? buildRoomType();
        const other = { ...stay, checkIn, checkOut };
        const minutesToArrival = countDays(TODAY, checkIn) * DAY_MINUTES;
        const asked = { stay: other, roomType, terms, today: TODAY, minutesToArrival, isStaff: false };
        const assessment = assessStay(asked);
        expect(assessment).toMatchObject({ reason: null });
        expect(priceOffer({ stay: other, roomType, terms, promo: null }).totalPayable).toBe(totalPayable);
        expect(checkIn >= TODAY).toBe(true);
        expect(countDays(checkIn, checkOut)).toBe(countDays(stay.checkIn, stay.checkOut));
      }
      expect(new Set(brief(found, stay)).size).toBe(found.length);
      expect(brief(found, stay)).not.toContain('ROOM 0');
    }),
    cases('time', 300),
  );
});

test('at least three alternatives are named where they exist', () => {
  fc.assert(
    fc.property(someRoomTypes, someStay, someTerms, (roomTypes, stay, terms) => {
      const shifts = Array.from({ length: 2 * ALTERNATIVE_DAYS + 1 }, (_, index) => index - ALTERNATIVE_DAYS);
      const bookable = shifts.flatMap((shift) =>
        roomTypes.filter((roomType) => {
          const moved = { ...stay, checkIn: addDays(stay.checkIn, shift), checkOut: addDays(stay.checkOut, shift) };
          if (moved.checkIn < TODAY || (shift === 0 && roomType.code === 'ROOM')) return false;
          const minutesToArrival = countDays(TODAY, moved.checkIn) * DAY_MINUTES;
          const asked = { stay: moved, roomType, terms, today: TODAY, minutesToArrival, isStaff: false };
          return assessStay(asked).reason === null;
        }),
      );
      const found = alternatives({ stay, roomTypes, terms });
      expect(found.length).toBeGreaterThanOrEqual(Math.min(3, bookable.length));
    }),
    cases('time', 300),
  );
});
