import type { PaymentStage } from '../money/payment-stage.ts';
import { EXPIRABLE_STAGES } from '../money/payment-stage.ts';
import type { BookingKind, BookingStatus } from '../booking-status.ts';
import { capAtCutOff } from './cut-off.ts';
import type { BookingTimes } from './cut-off.ts';

const MINUTE_MS = 60_000;

/** Fields of a booking that the hold rules need. `now` is the database's clock. */
export interface Hold {
  readonly status: BookingStatus;
  readonly paymentStage: PaymentStage;
  readonly expiresAt: Date | null;
  readonly now: Date;
}

/** Tells whether a booking is a hold that ends at its deadline, because no payment is in progress. */
export function isExpirable({ status, paymentStage }: Pick<Hold, 'status' | 'paymentStage'>): boolean {
  return status === 'PENDING_PAYMENT' && EXPIRABLE_STAGES.includes(paymentStage);
}

/** Tells whether a hold may be released: past its deadline by the database's clock, without a payment in progress. */
export function isOverdue(hold: Hold): boolean {
  const { expiresAt, now } = hold;
  return isExpirable(hold) && expiresAt !== null && expiresAt <= now;
}

/** Returns the change of a hold's deadline when its booking moves: the deadline never passes the new cut-off. */
export function capHold(
  { kind, expiresAt }: { readonly kind: BookingKind; readonly expiresAt: Date | null },
  to: { readonly startsAt: Date; readonly endsAt: Date },
): { expiresAt?: Date } {
  return expiresAt === null ? {} : { expiresAt: capAtCutOff(expiresAt, { kind, ...to }) };
}

/** Computes the deadline of a hold that begins now, or of a request that can be paid again from now on. */
export function computeHoldDeadline(booking: BookingTimes & { readonly holdMinutes: number }): Date {
  return capAtCutOff(new Date(booking.now.getTime() + booking.holdMinutes * MINUTE_MS), booking);
}
