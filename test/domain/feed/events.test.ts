import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { FIRST_STATUSES } from '../../../src/domain/booking-status.ts';
import { channelsOf, describeCreation, EVENTS, roomChannel } from '../../../src/domain/feed/events.ts';
import type { EventType } from '../../../src/domain/feed/events.ts';
import { bookingCode, roomNumber, slug } from '../../../src/http/contract/fields.ts';
import { cases } from '../../support/tier/trials.ts';

const HOTEL = 'private-hotel-harbour-hotel';
const STAFF = 'private-staff-harbour-hotel';
const BOOKING = 'private-booking-BK-2027-0042';
const ROOM = 'private-room-harbour-hotel-101';
const PUBLIC = 'hotel-harbour-hotel-public';

const types = Object.keys(EVENTS) as EventType[];
/** Says everything an event can say. */
const everything = {
  bookingCode: 'BK-2027-0042',
  status: 'CONFIRMED',
  roomNumber: '101',
  staffUser: 'Nora',
  roomType: 'ROOM',
  from: '2027-05-14',
  to: '2027-05-16',
} as const;

// Written by hand from what is promised, not from the table in the code. A new event belongs here first.
const TOLD_ON: Readonly<Record<EventType, readonly string[]>> = {
  booking_created: [HOTEL, STAFF, BOOKING],
  booking_updated: [HOTEL, BOOKING],
  booking_status_changed: [HOTEL, BOOKING],
  booking_pending_approval: [HOTEL, STAFF, BOOKING],
  booking_confirmed: [HOTEL, BOOKING],
  booking_approved: [HOTEL, BOOKING],
  booking_declined: [HOTEL, BOOKING],
  booking_checked_in: [HOTEL, BOOKING, ROOM],
  booking_completed: [HOTEL, BOOKING],
  booking_checked_out: [HOTEL, BOOKING, ROOM],
  booking_cancelled: [HOTEL, STAFF, BOOKING],
  booking_expired: [HOTEL, BOOKING],
  booking_rescheduled: [HOTEL, STAFF, BOOKING],
  booking_revived: [HOTEL, STAFF, BOOKING],
  booking_no_show: [HOTEL, BOOKING],
  room_assigned: [HOTEL, BOOKING, ROOM],
  room_status_changed: [HOTEL, ROOM],
  payment_success: [HOTEL, BOOKING],
  payment_failed: [HOTEL, STAFF, BOOKING],
  refund_issued: [HOTEL, BOOKING],
  authorization_expiring: [HOTEL, STAFF],
  dispute_opened: [HOTEL, STAFF],
  dispute_closed: [HOTEL, STAFF],
  webhook_failed: [STAFF],
  reconciliation_difference: [STAFF],
  unpaid_claims_limited: [STAFF],
  availability_changed: [PUBLIC],
};

test.each(Object.entries(TOLD_ON))('%s is told on %j', (type, channels) => {
  expect(channelsOf({ type: type as EventType, propertySlug: 'harbour-hotel', data: everything })).toEqual(channels);
});

test('there are no events but these', () => {
  expect(types.toSorted()).toEqual(Object.keys(TOLD_ON).toSorted());
});

test('what anybody may hear is that other nights can be had, and nothing else', () => {
  const heard = types.filter((type) =>
    channelsOf({ type, propertySlug: 'harbour-hotel', data: everything }).includes(PUBLIC),
  );
  expect(heard).toEqual(['availability_changed']);
});

test.each(FIRST_STATUSES)('of a new booking that is %s, the public hears the nights and no code', (status) => {
  const taken = { roomType: 'ROOM', from: '2027-05-14', to: '2027-05-16' };
  const drafts = describeCreation({ bookingCode: 'BK-2027-0042', status, taken });
  const isPublic = ({ type, data }: (typeof drafts)[number]) =>
    channelsOf({ type, propertySlug: 'harbour-hotel', data }).includes(PUBLIC);
  expect(drafts.filter(isPublic)).toEqual([{ type: 'availability_changed', data: taken }]);
});

test.each([
  ['PENDING_PAYMENT', ['booking_created', 'availability_changed']],
  ['PENDING_APPROVAL', ['booking_created', 'booking_pending_approval', 'availability_changed']],
  ['CONFIRMED', ['booking_created', 'booking_confirmed', 'availability_changed']],
] as const)('a new booking that is %s is told by %j', (status, told) => {
  const drafts = describeCreation({ bookingCode: 'BK-2027-0042', status, taken: {} });
  expect(drafts.map(({ type }) => type)).toEqual(told);
});

test('an event about no booking and no room has no channel of theirs', () => {
  const told = types.flatMap((type) => channelsOf({ type, propertySlug: 'harbour-hotel', data: {} }));
  expect([...new Set(told)].toSorted()).toEqual([HOTEL, STAFF, PUBLIC].toSorted());
});

const isValid = (field: z.ZodType, value: string) => field.safeParse(value).success;
/** Whatever the field lets in. */
const anyOf = (field: z.ZodType<string, string>): fc.Arbitrary<string> =>
  fc.stringMatching(new RegExp(String(z.toJSONSchema(field).pattern))).filter((value) => isValid(field, value));
/** The same, of few signs, so that names meet. */
const shortOf = (field: z.ZodType<string, string>): fc.Arbitrary<string> =>
  fc
    .string({ unit: fc.constantFrom('a', '2', 'd', '-'), minLength: 1, maxLength: 5 })
    .filter((value) => isValid(field, value));

test('whatever slug, code and room number are valid, every channel has a name the service takes', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...types),
      anyOf(slug),
      anyOf(bookingCode),
      anyOf(roomNumber),
      (type, propertySlug, code, number) => {
        const data = { bookingCode: code, roomNumber: number };
        for (const channel of channelsOf({ type, propertySlug, data })) {
          expect(channel).toMatch(/^[A-Za-z0-9_\-=@,.;]{1,164}$/);
        }
      },
    ),
    cases('rules', 500),
  );
});

test.each([
  { one: ['harbour', 'hotel-101'], other: ['harbour-hotel', '101'] },
  { one: ['a', '1'], other: ['a-', '1'] },
  { one: ['a', 'b c'], other: ['a', 'b=20=c'] },
  { one: ['a', 'b.c'], other: ['a', 'b_c'] },
  { one: ['a', 'A1'], other: ['a', 'a1'] },
] as const)('the rooms $one and $other have channels of their own', ({ one: [place, number], other }) => {
  expect(roomChannel(place, number)).not.toBe(roomChannel(other[0], other[1]));
});

test('two rooms never share a channel, however their slugs and numbers are cut from one text', () => {
  const text = fc.string({ unit: fc.constantFrom('a', '2', 'd', '-', '=', ' '), minLength: 3, maxLength: 20 });
  fc.assert(
    fc.property(text, (name) => {
      const cuts = [...name.matchAll(/-/g)].map(({ index }) => [name.slice(0, index), name.slice(index + 1)] as const);
      const rooms = cuts.filter(([place, number]) => isValid(slug, place) && isValid(roomNumber, number));
      expect(new Set(rooms.map((room) => roomChannel(...room))).size).toBe(rooms.length);
    }),
    cases('rules', 5_000),
  );
});

test('two room numbers of one property never share a channel', () => {
  fc.assert(
    fc.property(anyOf(roomNumber), anyOf(roomNumber), (one, other) => {
      fc.pre(one !== other);
      expect(roomChannel('harbour', one)).not.toBe(roomChannel('harbour', other));
    }),
    cases('rules', 1_000),
  );
});

test('a private channel of one property is never that of another, nor one that is open to all', () => {
  const place = fc.record({ propertySlug: shortOf(slug), roomNumber: shortOf(roomNumber) });
  const namesOf = ({ propertySlug, roomNumber: number }: { propertySlug: string; roomNumber: string }) =>
    types.flatMap((type) => channelsOf({ type, propertySlug, data: { roomNumber: number } }));
  fc.assert(
    fc.property(place, place, (one, other) => {
      fc.pre(one.propertySlug !== other.propertySlug);
      const others = new Set(namesOf(other));
      expect(namesOf(one).filter((name) => others.has(name))).toEqual([]);
    }),
    cases('rules', 500),
  );
});
