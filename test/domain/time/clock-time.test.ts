import { expect, test } from 'vitest';
import { parseClockTime, formatTwelveHours } from '../../../src/domain/time/clock-time.ts';

test.each([
  ['10:00 AM', '10:00'],
  ['2:30 p.m.', '14:30'],
  ['12 AM', '00:00'],
  ['12:15PM', '12:15'],
  ['6pm', '18:00'],
  ['9:05', '09:05'],
  ['18:00:00', '18:00'],
  [' 08:00 ', '08:00'],
])('%s is %s', (text, time) => {
  expect(parseClockTime(text)).toBe(time);
});

test.each(['', '24:00', '13 PM', '0 AM', '10', '10:60 AM', '18:00:30', 'noon', '6pm-8pm'])(
  '"%s" is no time',
  (text) => {
    expect(parseClockTime(text)).toBeNull();
  },
);

test('every minute of a day, spelled in twelve hours, reads as itself', () => {
  for (let minute = 0; minute < 1_440; minute += 1) {
    const time = `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
    expect(parseClockTime(formatTwelveHours(time))).toBe(time);
  }
  expect(formatTwelveHours('00:00')).toBe('12:00 AM');
  expect(formatTwelveHours('12:30')).toBe('12:30 PM');
});
