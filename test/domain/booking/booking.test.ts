import fc from 'fast-check';
import { expect, test } from 'vitest';
import { balanceOf, countSecondsLeft } from '../../../src/domain/booking/booking.ts';
import { normalizeEmail } from '../../../src/domain/person/email.ts';
import { normalizePhone } from '../../../src/domain/person/phone.ts';
import { BOOKING_STATUSES } from '../../../src/domain/booking-status.ts';
import { PAYMENT_STAGES } from '../../../src/domain/money/payment-stage.ts';
import type { PaymentStage } from '../../../src/domain/money/payment-stage.ts';
import { priceStay } from '../../../src/domain/money/price/price.ts';
import { buildCharges, buildNights } from '../../support/oracles/charges.ts';

const READ_AT = '2027-05-14T10:00:00.000Z';
const hold = (expiresAt: string | null, paymentStage: PaymentStage = 'NONE') =>
  ({ status: 'PENDING_PAYMENT', paymentStage, expiresAt, readAt: READ_AT }) as const;

test.each([
  ['2027-05-14T10:10:00.000Z', 600],
  ['2027-05-14T10:00:01.000Z', 1],
  // A second that has begun still counts: a hold that lives never shows zero.
  ['2027-05-14T10:00:00.001Z', 1],
  ['2027-05-14T10:09:59.001Z', 600],
  ['2027-05-14T10:00:00.000Z', 0],
  ['2027-05-14T09:59:59.999Z', 0],
  ['2027-05-13T10:00:00.000Z', 0],
])('a hold until %s has %i seconds left', (expiresAt, seconds) => {
  expect(countSecondsLeft(hold(expiresAt))).toBe(seconds);
});

test('a deadline with an offset is the same instant', () => {
  expect(countSecondsLeft(hold('2027-05-14T11:10:00.000+01:00'))).toBe(600);
});

test('a hold without a deadline counts nothing down', () => {
  expect(countSecondsLeft(hold(null))).toBeNull();
});

test.each(BOOKING_STATUSES.filter((status) => status !== 'PENDING_PAYMENT'))(
  'a booking that is %s counts nothing down',
  (status) => {
    expect(countSecondsLeft({ ...hold('2027-05-14T10:10:00.000Z'), status })).toBeNull();
  },
);

test.each(PAYMENT_STAGES)('a hold whose payment is %s counts down only while it can end', (stage) => {
  const canEnd = stage === 'NONE' || stage === 'SESSION_CREATED' || stage === 'FAILED';
  expect(countSecondsLeft(hold('2027-05-14T10:10:00.000Z', stage))).toBe(canEnd ? 600 : null);
});

const price = priceStay(buildCharges({ nights: buildNights(28_900) }));

test.each([
  { paidAmount: 0, waivedAmount: 0, balance: 28_900 },
  { paidAmount: 8_900, waivedAmount: 0, balance: 20_000 },
  { paidAmount: 8_900, waivedAmount: 20_000, balance: 0 },
  { paidAmount: 28_900, waivedAmount: 0, balance: 0 },
  { paidAmount: 0, waivedAmount: 28_900, balance: 0 },
  { paidAmount: 28_899, waivedAmount: 0, balance: 1 },
  // Paid at an earlier, higher price: what is too much is owed by us, and no balance.
  { paidAmount: 30_000, waivedAmount: 0, balance: 0 },
])('$paidAmount paid and $waivedAmount waived of 28900 leave $balance', ({ balance, ...settled }) => {
  expect(balanceOf({ status: 'CONFIRMED', price, ...settled })).toBe(balance);
});

test('the balance is what is due in all and not only what was due first', () => {
  const deposit = priceStay(
    buildCharges({
      nights: buildNights(28_900),
      paymentPolicy: 'DEPOSIT',
      depositPolicy: { type: 'FIXED', value: 5_000 },
    }),
  );
  expect(balanceOf({ status: 'CONFIRMED', price: deposit, paidAmount: 5_000, waivedAmount: 0 })).toBe(23_900);
});

test('all spellings of a mailbox are one customer', () => {
  for (const spelling of ['aoife@example.com', 'Aoife@Example.COM', '  aoife@example.com ', 'AOIFE@EXAMPLE.COM\n']) {
    expect(normalizeEmail(spelling)).toBe('aoife@example.com');
  }
});

test('what comes before and after the dots and the plus is part of a mailbox', () => {
  expect(normalizeEmail('a.b+stay@example.com')).toBe('a.b+stay@example.com');
});

test('all spellings of a telephone are one number', () => {
  for (const spelling of [
    '+353 1 555 0100',
    '+35315550100',
    '00353 1 555-0100',
    '+353 (1) 555.0100',
    ' 353/1/5550100',
  ]) {
    expect(normalizePhone(spelling)).toBe('315550100');
  }
});

test.each([
  ['+1 916 555 0100', '(916) 555-0100'],
  ['+44 7911 123456', '07911 123456'],
  ['+353 86 123 4567', '086 123 4567'],
  ['+91 98765 43210', '098765 43210'],
])('%s is %s, with its country or without', (international, national) => {
  expect(normalizePhone(national)).toBe(normalizePhone(international));
});

test('a number short of its area is another one', () => {
  expect(normalizePhone('555 0100')).not.toBe(normalizePhone('+1 916 555 0100'));
});

test('what is normalized stays as it is when normalized again', () => {
  fc.assert(
    fc.property(fc.emailAddress(), (email) => {
      expect(normalizeEmail(normalizeEmail(email))).toBe(normalizeEmail(email));
    }),
  );
  const aPhone = fc.stringMatching(/^(\+|00)?[1-9][\d ()./-]{4,20}$/);
  fc.assert(
    fc.property(aPhone, (phone) => {
      expect(normalizePhone(normalizePhone(phone))).toBe(normalizePhone(phone));
      expect(normalizePhone(phone)).toMatch(/^(|[1-9]\d{0,8})$/);
    }),
  );
});
