import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addDays } from '../../../src/domain/time/calendar.ts';
import { findFirstReleasedNight } from '../../../src/domain/availability/nights.ts';

test.each([
  ['on the day of arrival, all but the first night', '2027-05-14', '2027-05-14', '2027-05-15'],
  ['on the second day, all but the first two', '2027-05-14', '2027-05-15', '2027-05-16'],
  ['on the third day, all but the first three', '2027-05-14', '2027-05-16', '2027-05-17'],
  ['before the arrival, all but the first night', '2027-05-14', '2027-05-12', '2027-05-15'],
  ['at the end of a month, across it', '2027-02-28', '2027-02-28', '2027-03-01'],
])('who leaves gives back %s', (_, checkIn, tonight, from) => {
  expect(findFirstReleasedNight({ checkIn, tonight })).toBe(from);
});

test('neither the first night nor tonight is ever given back, and every night after both is', () => {
  const someDay = fc.integer({ min: 0, max: 3_000 }).map((days) => addDays('2026-01-01', days));
  fc.assert(
    fc.property(someDay, someDay, (checkIn, tonight) => {
      const from = findFirstReleasedNight({ checkIn, tonight });
      expect(from > checkIn && from > tonight).toBe(true);
      expect([checkIn, tonight]).toContain(addDays(from, -1));
    }),
  );
});
