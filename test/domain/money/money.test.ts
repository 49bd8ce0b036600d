import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addFractions,
  BPS,
  fraction,
  roundHalfUp,
  shareOf,
  splitByWeight,
  ZERO,
} from '../../../src/domain/money/money.ts';
import type { Fraction } from '../../../src/domain/money/money.ts';
import { cases } from '../../support/tier/trials.ts';

const anAmount = fc.integer({ min: 0, max: 1_000_000_000_000 });
const aFraction = fc
  .record({ numerator: fc.bigInt({ min: 0n, max: 10n ** 30n }), denominator: fc.bigInt({ min: 1n, max: 10n ** 12n }) })
  // So large that the nearest whole is no exact number is more than money can be.
  .filter(({ numerator, denominator }) => numerator / denominator < BigInt(Number.MAX_SAFE_INTEGER));
const isEqual = (a: Fraction, b: Fraction) => a.numerator * b.denominator === b.numerator * a.denominator;
const sum = (amounts: readonly number[]) => amounts.reduce((a, b) => a + b, 0);

test.each([
  [0, 1, 0],
  [1, 3, 0],
  [49, 100, 0],
  [1, 2, 1],
  [51, 100, 1],
  [149, 100, 1],
  [3, 2, 2],
  [5, 2, 3],
  [7, 1, 7],
])('%i/%i rounds half up to %i', (numerator, denominator, rounded) => {
  expect(roundHalfUp(fraction(numerator, denominator))).toBe(rounded);
});

test('rounding goes to the nearest whole unit, and up from the middle', () => {
  fc.assert(
    fc.property(aFraction, ({ numerator, denominator }) => {
      const distance = 2n * (BigInt(roundHalfUp({ numerator, denominator })) * denominator - numerator);
      expect(distance > -denominator && distance <= denominator).toBe(true);
    }),
  );
});

test('rounding is exact where floating point is not', () => {
  // 1.005 as a float is a little less than it says, so Math.round(1.005 * 100) gives 100.
  expect(roundHalfUp(fraction(1_005, 10))).toBe(101);
  expect(shareOf(Number.MAX_SAFE_INTEGER, BPS, 1)).toBe(Number.MAX_SAFE_INTEGER);
  expect(shareOf(Number.MAX_SAFE_INTEGER - 1, 5_000, 1)).toBe((Number.MAX_SAFE_INTEGER - 1) / 2);
});

test('fractions of any denominators add up exactly', () => {
  // 1/3 + 1/6 = 1/2, which rounds up; thirds and sixths of a cent added as floats need not.
  expect(roundHalfUp(addFractions(fraction(1, 3), fraction(1, 6)))).toBe(1);
  fc.assert(
    fc.property(aFraction, aFraction, aFraction, (a, b, c) => {
      const { numerator, denominator } = addFractions(a, b);
      const expected = a.numerator * b.denominator + b.numerator * a.denominator;
      expect(numerator * a.denominator * b.denominator).toBe(expected * denominator);
      expect(isEqual(addFractions(b, a), { numerator, denominator })).toBe(true);
      expect(isEqual(addFractions(addFractions(a, b), c), addFractions(a, addFractions(b, c)))).toBe(true);
      expect(isEqual(addFractions(a, ZERO), a)).toBe(true);
    }),
  );
});

test.each([
  [28_900, 3_000, 8_670],
  [28_900, 3_333, 9_632], // 9,632.37
  [12_345, 1_000, 1_235], // 1,234.5
  [12_344, 1_000, 1_234], // 1,234.4
  [1, 5_000, 1], // half a cent
  [1, 4_999, 0],
  [28_900, 0, 0],
  [0, 5_000, 0],
  [28_900, 10_000, 28_900],
])('of %i, %i basis points are %i', (amount, rateBps, share) => {
  expect(shareOf(amount, rateBps, 1)).toBe(share);
});

test('a share and the rest are never more than a unit away from the whole', () => {
  fc.assert(
    fc.property(anAmount, fc.integer({ min: 0, max: BPS }), (amount, rateBps) => {
      const both = shareOf(amount, rateBps, 1) + shareOf(amount, BPS - rateBps, 1);
      expect(both - amount).toBeGreaterThanOrEqual(0);
      expect(both - amount).toBeLessThanOrEqual(1);
    }),
  );
});

test.each([
  { total: 100, weights: [1, 1, 1], parts: [34, 33, 33] },
  { total: 101, weights: [1, 1, 1], parts: [34, 34, 33] },
  // 10 × 3/7 = 4.28…, 10 × 1/7 = 1.42…: the unit left over goes to the largest remainder, which is the last.
  { total: 10, weights: [3, 3, 1], parts: [4, 4, 2] },
  // 2 × 1/4 and 2 × 3/4 are both half a unit too little: the larger weight gets it, wherever it is.
  { total: 2, weights: [1, 3], parts: [0, 2] },
  { total: 2, weights: [3, 1], parts: [2, 0] },
  { total: 120_000, weights: [800_000, 400_000], parts: [80_000, 40_000] },
  { total: 5, weights: [0, 7, 0], parts: [0, 5, 0] },
  { total: 0, weights: [3, 4], parts: [0, 0] },
  { total: 7, weights: [0, 0], parts: [7, 0] },
  { total: 7, weights: [12], parts: [7] },
  { total: 0, weights: [], parts: [] },
])('$total over $weights is $parts', ({ total, weights, parts }) => {
  expect(splitByWeight(total, weights)).toEqual(parts);
});

const someWeights = fc.array(anAmount, { minLength: 1, maxLength: 30 });

test('the parts of a split add up to the whole exactly', () => {
  fc.assert(
    fc.property(anAmount, someWeights, (total, weights) => {
      const parts = splitByWeight(total, weights);
      expect(parts).toHaveLength(weights.length);
      expect(sum(parts)).toBe(total);
      expect(parts.every((part) => Number.isSafeInteger(part) && part >= 0)).toBe(true);
    }),
  );
});

test('each part of a split is less than a unit away from its exact share', () => {
  fc.assert(
    fc.property(
      anAmount,
      someWeights.filter((weights) => sum(weights) > 0),
      (total, weights) => {
        const whole = BigInt(sum(weights));
        splitByWeight(total, weights).forEach((part, index) => {
          const distance = BigInt(part) * whole - BigInt(total) * BigInt(weights[index] ?? 0);
          expect(distance > -whole && distance < whole).toBe(true);
        });
      },
    ),
  );
});

test('what is split over amounts that are worth as much takes from none more than it is', () => {
  const anOverlay = someWeights.chain((weights) =>
    fc.tuple(fc.integer({ min: 0, max: sum(weights) }), fc.constant(weights)),
  );
  fc.assert(
    fc.property(anOverlay, ([total, weights]) => {
      splitByWeight(total, weights).forEach((part, index) => {
        expect(part).toBeLessThanOrEqual(weights[index] ?? 0);
      });
    }),
  );
});

test('of equal weights the earlier never gets less than the later', () => {
  fc.assert(
    fc.property(
      anAmount,
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 1, max: 1_000 }),
      (total, count, weight) => {
        const parts = splitByWeight(
          total,
          Array.from({ length: count }, () => weight),
        );
        expect(parts).toEqual([...parts].sort((a, b) => b - a));
      },
    ),
  );
});

test('a split does not depend on the order of the weights', () => {
  const someShares = fc.tuple(fc.nat(40), fc.array(fc.nat(12), { minLength: 1, maxLength: 8 }));
  const shuffled = someShares
    .filter(([, weights]) => sum(weights) > 0)
    .chain(([total, weights]) =>
      fc.tuple(
        fc.constant(total),
        fc.constant(weights),
        fc.shuffledSubarray(
          weights.map((_, index) => index),
          { minLength: weights.length },
        ),
      ),
    );
  fc.assert(
    fc.property(shuffled, ([total, weights, order]) => {
      const paired = (list: readonly number[]) =>
        splitByWeight(total, list)
          .map((part, index) => `${String(list[index])}: ${String(part)}`)
          .toSorted();
      expect(paired(order.map((index) => weights[index] ?? 0))).toEqual(paired(weights));
    }),
    cases('rules', 3_000),
  );
});
