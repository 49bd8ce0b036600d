import type { FirstStatus } from './booking-status.ts';

/** How staff settle payment of a booking they make: by link like a guest, at the desk, or not at all. */
export const STAFF_PAYMENTS = ['LINK', 'ON_SITE', 'WAIVED'] as const;
export type StaffPayment = (typeof STAFF_PAYMENTS)[number];

/**
 * The status a booking begins in.
 *
 * What must be paid first is held; what needs no payment waits for approval where the property approves by staff, unless
 * staff themselves said that payment is settled otherwise.
 */
export function chooseFirstStatus(input: {
  depositDue: number;
  approval: 'STAFF' | 'AUTOMATIC';
  payment: StaffPayment;
}): FirstStatus {
  if (input.depositDue > 0) return 'PENDING_PAYMENT';
  return input.approval === 'STAFF' && input.payment === 'LINK' ? 'PENDING_APPROVAL' : 'CONFIRMED';
}
