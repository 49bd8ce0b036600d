import type { FirstStatus } from '../booking-status.ts';

/** Ways staff collect payment for a new booking: by payment link, at the front desk, or not at all. */
export const STAFF_PAYMENTS = ['LINK', 'ON_SITE', 'WAIVED'] as const;
export type StaffPayment = (typeof STAFF_PAYMENTS)[number];

/**
 * Chooses the first status of a booking.
 *
 * A booking with a deposit due is held. Without one it waits for approval at a property with approval by staff, unless
 * staff created the booking with payment on site or waived.
 */
export function chooseFirstStatus(input: {
  depositDue: number;
  approval: 'STAFF' | 'AUTOMATIC';
  payment: StaffPayment;
}): FirstStatus {
  if (input.depositDue > 0) return 'PENDING_PAYMENT';
  return input.approval === 'STAFF' && input.payment === 'LINK' ? 'PENDING_APPROVAL' : 'CONFIRMED';
}
