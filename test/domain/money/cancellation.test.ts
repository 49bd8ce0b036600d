import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  bypassesPolicy,
  quoteByPercent,
  quoteCancellation,
  quoteNoShow,
} from '../../../src/domain/money/cancellation.ts';
import type { CancellationPolicy } from '../../../src/domain/money/cancellation.ts';
import { cases } from '../../support/tier/trials.ts';

const HOUR_MS = 3_600_000;
const currency = 'EUR';
const STARTS_AT = new Date('2027-05-14T14:00:00Z');

const aPercent = fc.integer({ min: 0, max: 100 });
const anAmount = fc.oneof(fc.integer({ min: 0, max: 1_000 }), fc.integer({ min: 0, max: 1_000_000_000_000 }));
const anHour = fc.oneof(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 8_760 }));
const someTiers = fc.uniqueArray(fc.record({ hoursBefore: anHour, refundPercent: aPercent }), {
  maxLength: 6,
  selector: ({ hoursBefore }) => hoursBefore,
});
const aPolicy: fc.Arbitrary<CancellationPolicy> = fc.record(
  { tiers: someTiers, isDepositRefundable: fc.boolean(), noShowFeePercent: aPercent },
  { requiredKeys: ['tiers'] },
);
/** In milliseconds, so that nothing depends on whole hours. */
const aNotice = fc.integer({ min: -100 * HOUR_MS, max: 9_000 * HOUR_MS });
const aCase = fc.record({ policy: aPolicy, notice: aNotice, paid: anAmount, depositDue: anAmount });

const quote = ({
  policy,
  notice,
  paid,
  depositDue,
}: {
  policy: CancellationPolicy;
  notice: number;
  paid: number;
  depositDue: number;
}) =>
  quoteCancellation({
    currency,
    policy,
    startsAt: STARTS_AT,
    now: new Date(STARTS_AT.getTime() - notice),
    paid,
    depositDue,
  });

test('what comes back and what is kept are what was paid, and neither is below zero', () => {
  fc.assert(
    fc.property(aCase, aPercent, (each, percent) => {
      const { policy, paid } = each;
      for (const { refundAmount, fee } of [
        quote(each),
        quoteNoShow({ currency, policy, paid }),
        quoteByPercent({ currency, paid, refundPercent: percent }),
      ]) {
        expect(refundAmount + fee).toBe(paid);
        expect(Math.min(refundAmount, fee)).toBeGreaterThanOrEqual(0);
        expect(Number.isSafeInteger(refundAmount)).toBe(true);
      }
    }),
    cases('rules', 3_000),
  );
});

test('the tier that counts is the one with the most notice that is still kept', () => {
  fc.assert(
    fc.property(aCase, (each) => {
      // Written once more, the long way: hour by hour down from the notice there is.
      const { tiers } = each.policy;
      let percent = tiers.length === 0 && each.notice > 0 ? 100 : 0;
      // From the start on nothing comes back, whatever a tier without notice says.
      const first = each.notice <= 0 ? -1 : Math.floor(each.notice / HOUR_MS);
      for (let hours = first; hours >= 0; hours -= 1) {
        const tier = tiers.find(({ hoursBefore }) => hoursBefore === hours);
        if (tier === undefined) continue;
        percent = tier.refundPercent;
        break;
      }
      expect(quote(each).refundPercent).toBe(percent);
    }),
    cases('rules', 3_000),
  );
});

test('more notice never gives back less, where the tiers fall with the notice', () => {
  const falling = someTiers.map((tiers) => {
    const percents = tiers.map(({ refundPercent }) => refundPercent).toSorted((a, b) => a - b);
    const hours = tiers.map(({ hoursBefore }) => hoursBefore).toSorted((a, b) => a - b);
    return hours.map((hoursBefore, index) => ({ hoursBefore, refundPercent: percents[index] ?? 0 }));
  });
  fc.assert(
    fc.property(aCase, falling, aNotice, (each, tiers, other) => {
      const policy = { ...each.policy, tiers };
      const [less, more] = [each.notice, other].toSorted((a, b) => a - b);
      const refundAt = (notice = 0) => quote({ ...each, policy, notice }).refundAmount;
      expect(refundAt(more)).toBeGreaterThanOrEqual(refundAt(less));
    }),
    cases('rules', 3_000),
  );
});

test('the order in which the tiers are written does not matter', () => {
  fc.assert(
    fc.property(aCase, (each) => {
      const policy = { ...each.policy, tiers: each.policy.tiers.toReversed() };
      expect(quote({ ...each, policy })).toEqual(quote(each));
    }),
    cases('rules', 3_000),
  );
});

test('a deposit that is not refundable is kept whatever the notice, as far as it was paid', () => {
  fc.assert(
    fc.property(aCase, (each) => {
      const { fee } = quote({ ...each, policy: { ...each.policy, isDepositRefundable: false } });
      expect(fee).toBeGreaterThanOrEqual(Math.min(each.paid, each.depositDue));
    }),
    cases('rules', 3_000),
  );
});

// Worked by hand: 200.00 paid of which 50.00 made the booking stand, 100 % until a week before, 50 % until two days before.
const tiers = [
  { hoursBefore: 168, refundPercent: 100 },
  { hoursBefore: 48, refundPercent: 50 },
];
test.each([
  ['a week before, to the second', 168 * HOUR_MS, 20_000],
  ['a second later', 168 * HOUR_MS - 1_000, 10_000],
  ['two days before, to the second', 48 * HOUR_MS, 10_000],
  ['a second later than that', 48 * HOUR_MS - 1_000, 0],
  ['after the start', -HOUR_MS, 0],
])('%s', (_, notice, refundAmount) => {
  const paid = { notice, paid: 20_000, depositDue: 5_000 };
  expect(quote({ ...paid, policy: { tiers } }).refundAmount).toBe(refundAmount);
  const kept = quote({ ...paid, policy: { tiers, isDepositRefundable: false } });
  expect(kept.refundAmount).toBe((refundAmount * 3) / 4);
});

test('without tiers all of it comes back until the start, and of a guest who does not come all of it is kept', () => {
  const policy = { tiers: [] };
  expect(quote({ policy, notice: 1, paid: 999, depositDue: 999 })).toEqual({
    refundPercent: 100,
    refundAmount: 999,
    fee: 0,
  });
  expect(quoteNoShow({ currency, policy, paid: 999 })).toEqual({ refundPercent: 0, refundAmount: 0, fee: 999 });
  expect(quoteNoShow({ currency, policy: { ...policy, noShowFeePercent: 50 }, paid: 999 })).toMatchObject({
    refundAmount: 500,
    fee: 499,
  });
});

test('who may move gains nothing by it: neither by cancelling there, nor by what the move gives back', () => {
  fc.assert(
    fc.property(aCase, anAmount, anHour, ({ notice, ...each }, nextTotal, hoursLater) => {
      const now = new Date(STARTS_AT.getTime() - notice);
      const input = { ...each, currency, startsAt: STARTS_AT, now };
      if (bypassesPolicy({ ...input, nextTotal })) return;
      const { fee } = quoteCancellation(input);
      const back = Math.max(0, each.paid - nextTotal);
      const paid = each.paid - back;
      const there = new Date(STARTS_AT.getTime() + hoursLater * HOUR_MS);
      // A policy may ask for less the later one cancels; then nobody gains by moving away.
      const isSensible = each.policy.tiers.every((a) =>
        each.policy.tiers.every((b) => a.hoursBefore < b.hoursBefore === a.refundPercent < b.refundPercent || a === b),
      );
      if (!isSensible) return;
      const after = quoteCancellation({
        ...input,
        paid,
        startsAt: there,
        depositDue: Math.min(each.depositDue, nextTotal),
      });
      expect(paid - after.refundAmount).toBeGreaterThanOrEqual(fee);
    }),
    cases('rules', 3_000),
  );
});

test.each([
  ['all would come back', { days: 40, paid: 10_000, nextTotal: 0 }, false],
  ['nothing would come back any more', { days: 20, paid: 10_000, nextTotal: 10_000 }, true],
  ['nothing was paid', { days: 20, paid: 0, nextTotal: 10_000 }, false],
])('a move where %s', (_what, { days, paid, nextTotal }, isRefused) => {
  const policy = { tiers: [{ hoursBefore: 30 * 24, refundPercent: 100 }] };
  const now = new Date(STARTS_AT.getTime() - days * 24 * HOUR_MS);
  expect(bypassesPolicy({ currency, policy, startsAt: STARTS_AT, now, paid, depositDue: paid, nextTotal })).toBe(
    isRefused,
  );
});
