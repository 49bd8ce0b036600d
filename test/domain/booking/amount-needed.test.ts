import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chooseAmountDue, computeAmountNeeded } from '../../../src/domain/booking/amount-needed.ts';
import { computeBalance, isDepositCovered } from '../../../src/domain/booking/balance.ts';
import { BOOKING_STATUSES, isUnconfirmed } from '../../../src/domain/booking-status.ts';
import type { BookingStatus } from '../../../src/domain/booking-status.ts';
import { cases } from '../../support/tier/trials.ts';

const anAmount = fc.integer({ min: 0, max: 50_000 });
const aBooking = fc
  .record({
    status: fc.constantFrom(...BOOKING_STATUSES),
    totalPayable: anAmount,
    deposit: anAmount,
    paid: anAmount,
    waived: anAmount,
    refunded: anAmount,
  })
  .map(({ status, totalPayable, deposit, paid, waived, refunded }) => {
    // As the database has it: deposit and waiver within the total, refunds within the payments.
    const waivedAmount = Math.min(waived, totalPayable);
    const refunding = Math.min(refunded, paid);
    return {
      status,
      totalPayable,
      depositDue: Math.min(deposit, totalPayable),
      paidAmount: paid,
      waivedAmount,
      refunding,
    };
  });
type Booking = typeof aBooking extends fc.Arbitrary<infer T> ? T : never;

const always = (promise: (booking: Booking) => void) => {
  fc.assert(fc.property(aBooking, promise), cases('rules', 1_000));
};
const pay = (booking: Booking, amount: number) => ({ ...booking, paidAmount: booking.paidAmount + amount });

test('nothing is ever needed below zero, and never more to confirm than in all', () => {
  always((booking) => {
    const { minimum, balance } = computeAmountNeeded(booking);
    expect(minimum).toBeGreaterThanOrEqual(0);
    expect(minimum).toBeLessThanOrEqual(balance);
  });
});

test('who pays what is due owes nothing more of it', () => {
  always((booking) => {
    const due = chooseAmountDue(computeAmountNeeded(booking));
    expect(chooseAmountDue(computeAmountNeeded(pay(booking, due)))).toBe(0);
  });
});

test('a payment lowers what is needed by its amount, and by no more', () => {
  fc.assert(
    fc.property(aBooking, anAmount, (booking, amount) => {
      const before = computeAmountNeeded(booking);
      const after = computeAmountNeeded(pay(booking, amount));
      expect(before.balance - after.balance).toBeLessThanOrEqual(amount);
      expect(after.balance).toBeLessThanOrEqual(before.balance);
      expect(after.minimum).toBeLessThanOrEqual(before.minimum);
    }),
    cases('rules', 1_000),
  );
});

test('a goodwill refund that is waived changes nothing that is needed', () => {
  fc.assert(
    fc.property(aBooking, anAmount, (booking, some) => {
      const amount = Math.min(some, booking.paidAmount - booking.refunding);
      const goodwill = {
        ...booking,
        paidAmount: booking.paidAmount - amount,
        waivedAmount: booking.waivedAmount + amount,
      };
      expect(computeAmountNeeded(goodwill)).toEqual(computeAmountNeeded(booking));
    }),
    cases('rules', 1_000),
  );
});

test('money on its way back counts as gone', () => {
  always((booking) => {
    const done = { ...booking, paidAmount: booking.paidAmount - booking.refunding, refunding: 0 };
    expect(computeAmountNeeded(booking)).toEqual(computeAmountNeeded(done));
  });
});

test('a confirmed booking takes its balance in parts, so no part is too small', () => {
  always((booking) => {
    const { purpose, minimum } = computeAmountNeeded(booking);
    if (purpose === 'BALANCE') expect(minimum).toBe(0);
  });
});

test('an unconfirmed booking without money on its way back needs nothing exactly when its deposit is covered', () => {
  always((booking) => {
    if (!isUnconfirmed(booking.status)) return;
    const { minimum } = computeAmountNeeded({ ...booking, refunding: 0 });
    expect(minimum === 0).toBe(isDepositCovered(booking) || computeBalance(booking) <= 0);
  });
});

test('a booking that was cancelled or declined needs nothing and takes nothing', () => {
  for (const status of ['CANCELLED', 'DECLINED'] as const satisfies readonly BookingStatus[]) {
    always((booking) => {
      expect(computeAmountNeeded({ ...booking, status })).toMatchObject({ minimum: 0, balance: 0 });
    });
  }
});

test('129.00 paid, 20.00 of it refunded for goodwill, moved to 144.00: 15.00 are needed', () => {
  const booking = { status: 'CONFIRMED', totalPayable: 14_400, depositDue: 12_900, refunding: 0 } as const;
  expect(computeAmountNeeded({ ...booking, paidAmount: 10_900, waivedAmount: 2_000 })).toEqual({
    purpose: 'BALANCE',
    minimum: 0,
    balance: 1_500,
  });
});
