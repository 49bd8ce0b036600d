import type { BookingAction, BookingStatus, FirstStatus } from './booking-status.ts';

/** Everything the outside can hear of. */
export type EventType =
  | 'booking_created'
  | 'booking_updated'
  | 'booking_status_changed'
  | 'booking_pending_approval'
  | 'booking_confirmed'
  | 'booking_approved'
  | 'booking_declined'
  | 'booking_checked_in'
  | 'booking_completed'
  | 'booking_checked_out'
  | 'booking_cancelled'
  | 'booking_expired'
  | 'booking_revived'
  | 'booking_no_show'
  | 'room_assigned'
  | 'room_status_changed'
  | 'payment_success'
  | 'payment_failed'
  | 'refund_issued'
  | 'webhook_failed';

/** What an event says: no personal data but staff's first names. */
export interface EventContent {
  readonly bookingCode?: string;
  readonly status?: BookingStatus;
  readonly roomNumber?: string;
  readonly staffUser?: string;
}

/** An event on its way into the outbox. */
export interface OutboxDraft {
  readonly type: EventType;
  readonly data: EventContent;
}

/** The event of its own that each action has, beside `booking_status_changed`. */
export const ACTION_EVENTS: Record<BookingAction, EventType> = {
  authorize: 'booking_pending_approval',
  confirm: 'booking_confirmed',
  approve: 'booking_approved',
  decline: 'booking_declined',
  expire: 'booking_expired',
  revive: 'booking_revived',
  cancel: 'booking_cancelled',
  checkIn: 'booking_checked_in',
  complete: 'booking_completed',
  noShow: 'booking_no_show',
};

/** What is told of a new booking: that it is there, and where it stands if it needs no payment first. */
export function describeCreation(bookingCode: string, status: FirstStatus): OutboxDraft[] {
  const data = { bookingCode, status };
  const stands = {
    PENDING_PAYMENT: [],
    PENDING_APPROVAL: ['booking_pending_approval'],
    CONFIRMED: ['booking_confirmed'],
  } as const;
  return [{ type: 'booking_created', data }, ...stands[status].map((type) => ({ type, data }))];
}
