import { expect, test } from 'vitest';
import { chooseFirstStatus } from '../../../src/domain/booking/first-status.ts';

test.each([
  // What must be paid first is held, whoever approves.
  { depositDue: 1, approval: 'AUTOMATIC', payment: 'LINK', status: 'PENDING_PAYMENT' },
  { depositDue: 1, approval: 'STAFF', payment: 'LINK', status: 'PENDING_PAYMENT' },
  { depositDue: 28_900, approval: 'STAFF', payment: 'LINK', status: 'PENDING_PAYMENT' },
  // Nothing payable is treated as payment policy NONE.
  { depositDue: 0, approval: 'AUTOMATIC', payment: 'LINK', status: 'CONFIRMED' },
  { depositDue: 0, approval: 'STAFF', payment: 'LINK', status: 'PENDING_APPROVAL' },
  // Staff who settle the payment themselves have approved by that.
  { depositDue: 0, approval: 'AUTOMATIC', payment: 'ON_SITE', status: 'CONFIRMED' },
  { depositDue: 0, approval: 'STAFF', payment: 'ON_SITE', status: 'CONFIRMED' },
  { depositDue: 0, approval: 'AUTOMATIC', payment: 'WAIVED', status: 'CONFIRMED' },
  { depositDue: 0, approval: 'STAFF', payment: 'WAIVED', status: 'CONFIRMED' },
] as const)('$depositDue due, approval $approval, payment $payment begins as $status', ({ status, ...booking }) => {
  expect(chooseFirstStatus(booking)).toBe(status);
});
