import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findOverlap } from '../../../src/domain/time/overlap.ts';

test.each([
  [[], null],
  [[['09:00', '12:00']], null],
  [
    [
      ['09:00', '12:00'],
      ['12:00', '24:00'],
    ],
    null,
  ],
  [
    [
      ['12:00', '24:00'],
      ['09:00', '12:00'],
    ],
    null,
  ],
  [
    [
      ['09:00', '12:00'],
      ['11:59', '13:00'],
    ],
    1,
  ],
  [
    [
      ['11:59', '13:00'],
      ['09:00', '12:00'],
    ],
    1,
  ],
  [
    [
      ['09:00', '18:00'],
      ['19:00', '20:00'],
      ['10:00', '11:00'],
    ],
    2,
  ],
  [
    [
      ['10:00', '11:00'],
      ['09:00', '18:00'],
    ],
    1,
  ],
  [
    [
      ['09:00', '18:00'],
      ['09:00', '18:00'],
    ],
    1,
  ],
])('of %j the first that overlaps one before it is %s', (ranges, index) => {
  expect(findOverlap(ranges.map(([from = '', to = '']) => ({ from, to })))).toBe(index);
});

const hour = fc.integer({ min: 0, max: 23 });
const spell = (hours: number) => `${String(hours).padStart(2, '0')}:00`;
const ranges = fc.array(
  fc.tuple(hour, fc.integer({ min: 1, max: 24 })).map(([from, length]) => ({ from, to: Math.min(24, from + length) })),
  { maxLength: 6 },
);

test('ranges overlap exactly when some hour of the day is in two of them', () => {
  fc.assert(
    fc.property(ranges, (list) => {
      const hours = list.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, index) => from + index));
      const isDoubled = new Set(hours).size < hours.length;
      const found = findOverlap(list.map(({ from, to }) => ({ from: spell(from), to: spell(to) })));
      expect(found !== null).toBe(isDoubled);
    }),
  );
});
