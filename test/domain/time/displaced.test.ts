import { expect, test } from 'vitest';
import { findOutsideHours } from '../../../src/domain/time/displaced.ts';

const weekly = (hours: Record<number, readonly (readonly [number, number])[]>) => ({
  weekly: Object.fromEntries(
    Object.entries(hours).map(([day, ranges]) => [day, ranges.map(([from, to]) => ({ from: from * 60, to: to * 60 }))]),
  ),
  exceptions: {},
});
const time = (from: string, until: string) => ({ from: Date.parse(from), until: Date.parse(until) });

/** Whether the hours cover the time, in Chicago unless said otherwise. */
const isCovered = (
  hours: Parameters<typeof findOutsideHours>[0],
  [from, until]: readonly [string, string],
  timezone = 'America/Chicago',
) => findOutsideHours(hours, timezone, [time(from, until)]).length === 0;

// 2027-05-14 is a Friday.
test.each([
  ['2027-05-14T14:00Z', '2027-05-14T15:00Z', true],
  ['2027-05-14T22:00Z', '2027-05-14T23:00Z', true],
  ['2027-05-14T13:59Z', '2027-05-14T14:59Z', false],
  ['2027-05-14T22:01Z', '2027-05-14T23:01Z', false],
  ['2027-05-15T14:00Z', '2027-05-15T15:00Z', false],
])('Friday from 9 to 18 covers %s to %s: %s', (from, until, answer) => {
  expect(isCovered(weekly({ 5: [[9, 18]] }), [from, until])).toBe(answer);
});

test('two ranges that touch are one stretch, two with a gap are not', () => {
  const noon = ['2027-05-14T16:30Z', '2027-05-14T17:30Z'] as const;
  expect(
    isCovered(
      weekly({
        5: [
          [9, 12],
          [12, 18],
        ],
      }),
      noon,
    ),
  ).toBe(true);
  expect(
    isCovered(
      weekly({
        5: [
          [9, 12],
          [12.5, 18],
        ],
      }),
      noon,
    ),
  ).toBe(false);
});

test('what goes on over midnight is covered by the hours of both days', () => {
  const night = ['2027-05-15T04:30Z', '2027-05-15T06:00Z'] as const;
  expect(isCovered(weekly({ 5: [[20, 24]], 6: [[0, 2]] }), night)).toBe(true);
  expect(isCovered(weekly({ 5: [[20, 24]] }), night)).toBe(false);
});

test('an exception replaces the weekday, also with nothing', () => {
  const friday = ['2027-05-14T14:00Z', '2027-05-14T15:00Z'] as const;
  const hours = weekly({ 5: [[9, 18]] });
  expect(isCovered({ ...hours, exceptions: { '2027-05-14': [] } }, friday)).toBe(false);
  expect(isCovered({ ...weekly({}), exceptions: { '2027-05-14': [{ from: 540, to: 600 }] } }, friday)).toBe(true);
});

test('across a change of the clocks, wall times decide', () => {
  // Sunday 2027-03-14: from 1:30 two hours of the wall are one hour.
  const spring = weekly({ 7: [[1, 4]] });
  expect(isCovered(spring, ['2027-03-14T07:00Z', '2027-03-14T09:00Z'])).toBe(true);
  expect(isCovered(spring, ['2027-03-14T07:00Z', '2027-03-14T09:01Z'])).toBe(false);
  // Sunday 2027-11-07: they are three.
  expect(isCovered(spring, ['2027-11-07T06:00Z', '2027-11-07T10:00Z'])).toBe(true);
});

test('appointments years apart are each held to the hours of their day, and come in the order given', () => {
  const hours = weekly({ 5: [[9, 18]] });
  const times = [
    time('2032-05-13T14:00Z', '2032-05-13T15:00Z'),
    time('2027-05-14T14:00Z', '2027-05-14T15:00Z'),
    time('2027-05-13T14:00Z', '2027-05-13T15:00Z'),
  ];
  expect(findOutsideHours(hours, 'America/Chicago', times)).toEqual([times[0], times[2]]);
  expect(findOutsideHours(hours, 'America/Chicago', [])).toEqual([]);
});
