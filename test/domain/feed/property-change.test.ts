import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addDays, dateInZone } from '../../../src/domain/time/calendar.ts';
import { EVENTS } from '../../../src/domain/feed/events.ts';
import type { EventType } from '../../../src/domain/feed/events.ts';
import { isTouched, nightsInReach, touchedBy } from '../../../src/domain/feed/property-change.ts';
import type { Nights } from '../../../src/domain/feed/property-change.ts';
import { decodeChange, encodeChange, encodeChanges } from '../../../src/domain/feed/encode-change.ts';
import { cases } from '../../support/tier/trials.ts';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;
/** What a notification may be long, in Postgres. */
const MAX_PAYLOAD_BYTES = 7_999;

const someNights: fc.Arbitrary<Nights> = fc
  .tuple(fc.nat(700), fc.integer({ min: -2, max: 30 }))
  .map(([first, length]) => ({ from: addDays('2027-01-01', first), to: addDays('2027-01-01', first + length) }));
const isIn = (night: string, spans: readonly Nights[]) => spans.some(({ from, to }) => from <= night && night < to);

test('what is told in a word touches every night that was touched', () => {
  fc.assert(
    fc.property(fc.array(someNights, { maxLength: 12 }), fc.nat(760), (touched, day) => {
      const night = addDays('2027-01-01', day);
      const told = decodeChange(encodeChange({ slug: 'harbour-hotel', touched }));
      expect(told.slug).toBe('harbour-hotel');
      const shown = { from: night, to: addDays(night, 1) };
      if (isIn(night, touched)) expect(isTouched(shown, told)).toBe(true);
      expect(isTouched(null, told)).toBe(false);
    }),
    cases('rules', 2_000),
  );
});

test('as long as they are four stretches at most, no other night is touched', () => {
  fc.assert(
    fc.property(fc.array(someNights, { maxLength: 4 }), fc.nat(760), (touched, day) => {
      const night = addDays('2027-01-01', day);
      const told = decodeChange(encodeChange({ slug: 'harbour-hotel', touched }));
      expect(isTouched({ from: night, to: addDays(night, 1) }, told)).toBe(isIn(night, touched));
    }),
    cases('rules', 2_000),
  );
});

test('nights that overlap or touch are one stretch, however many they are', () => {
  const touched = [6, 1, 2, 3, 4, 5, 20].map((first) => ({
    from: addDays('2027-05-01', first),
    to: addDays('2027-05-01', first + 2),
  }));
  expect(encodeChange({ slug: 'harbour', touched })).toBe('harbour:2027-05-02/2027-05-09,2027-05-21/2027-05-23');
});

test('fifty properties fit in one notification, however long their names are and however much has changed', () => {
  fc.assert(
    fc.property(fc.array(fc.array(someNights, { maxLength: 40 }), { minLength: 50, maxLength: 50 }), (changes) => {
      const words = changes.map((touched) => encodeChange({ slug: 'x'.repeat(63), touched }));
      expect(words.join(' ').length).toBeLessThanOrEqual(MAX_PAYLOAD_BYTES);
    }),
  );
});

test('where the events that announce the changes do not fit as well, they are left out', () => {
  const changes = Array.from({ length: 50 }, (_, index) => ({
    slug: `hotel-${String(index)}`,
    touched: 'EVERYTHING' as const,
    events: Array.from({ length: index === 0 ? 3 : 10 }, (__, event) => String(10 ** 12 + event)),
  }));
  expect(encodeChanges(changes.slice(0, 5)).split(' ').map(decodeChange)).toEqual(changes.slice(0, 5));
  const words = encodeChanges([...changes, ...changes]);
  expect(words.length).toBeLessThanOrEqual(MAX_PAYLOAD_BYTES);
  for (const told of words.split(' ').map(decodeChange)) expect(told.events).toBeUndefined();
});

test.each([
  ['harbour', { slug: 'harbour', touched: 'EVERYTHING' }],
  ['harbour:', { slug: 'harbour', touched: [] }],
  ['harbour@17,18', { slug: 'harbour', touched: 'EVERYTHING', events: ['17', '18'] }],
  ['harbour:@17', { slug: 'harbour', touched: [], events: ['17'] }],
  ['harbour:2027-05-14/2027-05-16', { slug: 'harbour', touched: [{ from: '2027-05-14', to: '2027-05-16' }] }],
  ['harbour:2027-05-14', { slug: 'harbour', touched: 'EVERYTHING' }],
  ['harbour:soon/later', { slug: 'harbour', touched: 'EVERYTHING' }],
])('%j is understood, or changes everything', (word, change) => {
  expect(decodeChange(word)).toEqual(change);
});

const nothing = { from: null, to: null };

test('only what can be had is shown to everybody, so no other event touches anything', () => {
  for (const type of Object.keys(EVENTS) as EventType[]) {
    expect(touchedBy([{ type, ...nothing }]), type).toEqual(type === 'availability_changed' ? 'EVERYTHING' : []);
  }
});

test('events touch the nights they name, the dates on which the time they name lies, or everything', () => {
  const type = 'availability_changed' as const;
  const stay = { type, from: '2027-05-14', to: '2027-05-16' };
  const time = { type, from: '2027-05-14T23:30:00.000Z', to: '2027-05-15T00:30:00.000Z' };
  const nights = { from: '2027-05-14', to: '2027-05-16' };
  expect(touchedBy([stay, time, { type: 'booking_created', ...nothing }])).toEqual([nights, nights]);
  expect(touchedBy([stay, { type, ...nothing }])).toBe('EVERYTHING');
  expect(touchedBy([{ type, from: '2027-05-14', to: null }])).toBe('EVERYTHING');
});

/** From the furthest west to the furthest east. */
const aZone = fc.constantFrom(
  'Etc/GMT+12',
  'Pacific/Pago_Pago',
  'America/Chicago',
  'UTC',
  'Asia/Kolkata',
  'Pacific/Kiritimati',
);
const aMoment = fc.integer({ min: Date.UTC(2027, 0, 1) / MINUTE_MS, max: Date.UTC(2027, 11, 31) / MINUTE_MS });
const upToADay = fc.nat(DAY_MINUTES);

test('time that is in the way of a start touches every answer that would show it, in any zone, with any buffers', () => {
  fc.assert(
    fc.property(
      aZone,
      aMoment,
      upToADay,
      upToADay,
      upToADay,
      fc.nat(),
      (timezone, start, before, duration, after, at) => {
        const length = before + Math.max(1, duration) + after;
        const shown = dateInZone(new Date(start * MINUTE_MS), timezone);
        // Another appointment of the same service, that overlaps: [from, from + length) meets [start - before, …).
        const from = start - before - length + 1 + (at % (2 * length - 1));
        const [occupiedFrom, occupiedUntil] = [new Date(from * MINUTE_MS), new Date((from + length) * MINUTE_MS)];
        const event = { from: occupiedFrom.toISOString(), to: occupiedUntil.toISOString() };
        const told = { touched: touchedBy([{ type: 'availability_changed', ...event }]) };
        expect(isTouched(nightsInReach(shown, shown), told)).toBe(true);
        // Who books it names its start by whatever clock.
        for (const clock of [timezone, 'Etc/GMT+12', 'Pacific/Kiritimati']) {
          const named = dateInZone(new Date((from + before) * MINUTE_MS), clock);
          expect(isTouched(nightsInReach(shown, shown), { touched: [nightsInReach(named, named)] })).toBe(true);
        }
      },
    ),
    cases('rules', 2_000),
  );
});
