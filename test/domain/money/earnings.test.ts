import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitEarnings } from '../../../src/domain/money/earnings.ts';
import type { Earnings } from '../../../src/domain/money/earnings.ts';
import { cases } from '../../support/tier/trials.ts';

const anAmount = fc.oneof(fc.integer({ min: 0, max: 1_000 }), fc.integer({ min: 0, max: 1_000_000_000_000 }));
/** What a booking costs, and which part of it is tax. */
const aPrice = fc
  .tuple(anAmount, fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([totalPayable, share]) => ({ totalPayable, taxAmount: Math.floor(totalPayable * share) }));
const NOTHING: Earnings = { earned: 0, tax: 0 };

const earn = (before: Earnings, change: number, price: Parameters<typeof splitEarnings>[2]): Earnings => {
  const { tax, revenue } = splitEarnings(before, change, price);
  expect(tax + revenue).toBe(change);
  const [zeroOrMore, zeroOrLess] = change >= 0 ? [Math.min(tax, revenue), 0] : [0, Math.max(tax, revenue)];
  // Both go the way of the change.
  expect([zeroOrMore >= 0, zeroOrLess <= 0]).toEqual([true, true]);
  return { earned: before.earned + change, tax: before.tax + tax };
};

/** Parts of a whole: what is earned, step by step, each step between nothing and all of what the price asks for. */
const aWay = aPrice.chain((price) =>
  fc.record({
    price: fc.constant(price),
    stops: fc.array(fc.integer({ min: 0, max: price.totalPayable }), { minLength: 1, maxLength: 12 }),
  }),
);

test('tax and revenue are the change, to the cent, and both go its way', () => {
  fc.assert(
    fc.property(aWay, ({ price, stops }) => {
      let now = NOTHING;
      for (const stop of stops) now = earn(now, stop - now.earned, price);
    }),
    cases('rules', 3_000),
  );
});

test('however often a part is earned or goes back, the tax is its share of what is earned, rounded half up', () => {
  fc.assert(
    fc.property(aWay, ({ price, stops }) => {
      let now = NOTHING;
      for (const stop of stops) {
        now = earn(now, stop - now.earned, price);
        const [twice, total] = [2n * BigInt(stop) * BigInt(price.taxAmount), BigInt(price.totalPayable)];
        expect(now.tax).toBe(total === 0n ? 0 : Number((twice + total) / (2n * total)));
      }
    }),
    cases('rules', 3_000),
  );
});

test('all of it is all of its tax, and going back to nothing leaves nothing of either', () => {
  fc.assert(
    fc.property(aWay, ({ price, stops }) => {
      let now = NOTHING;
      for (const stop of stops) now = earn(now, stop - now.earned, price);
      const all = earn(now, price.totalPayable - now.earned, price);
      expect(all).toEqual({ earned: price.totalPayable, tax: price.taxAmount });
      expect(earn(all, 0 - all.earned, price)).toEqual(NOTHING);
    }),
    cases('rules', 3_000),
  );
});

test('a price that changes on the way never takes back more tax or revenue than was earned', () => {
  const aChangingWay = fc.array(fc.tuple(aPrice, fc.double({ min: 0, max: 1, noNaN: true })), {
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(
    fc.property(aChangingWay, (steps) => {
      let now = NOTHING;
      for (const [price, share] of steps) {
        now = earn(now, Math.floor(price.totalPayable * share) - now.earned, price);
        expect(now.tax).toBeGreaterThanOrEqual(0);
        expect(now.earned - now.tax).toBeGreaterThanOrEqual(0);
      }
      const [last] = steps.at(-1) ?? [];
      if (last !== undefined) expect(earn(now, 0 - now.earned, last)).toEqual(NOTHING);
    }),
    cases('rules', 3_000),
  );
});

test('what costs nothing has no tax in it', () => {
  expect(splitEarnings(NOTHING, 500, { taxAmount: 0, totalPayable: 0 })).toEqual({ tax: 0, revenue: 500 });
});

test('worked by hand: 113.50 with 13.50 of tax, earned in three parts of which one goes back', () => {
  const price = { totalPayable: 11_350, taxAmount: 1_350 };
  const deposit = earn(NOTHING, 3_000, price);
  // 30.00 × 13.50 / 113.50 = 3.568…
  expect(deposit).toEqual({ earned: 3_000, tax: 357 });
  const all = earn(deposit, 8_350, price);
  expect(all).toEqual({ earned: 11_350, tax: 1_350 });
  // 63.50 stay: 63.50 × 13.50 / 113.50 = 7.552…
  expect(earn(all, -5_000, price)).toEqual({ earned: 6_350, tax: 755 });
});
