import type { BookingStatus } from '../../booking-status.ts';
import type { CalendarEvent } from './icalendar.ts';

/** What a calendar is told of a booking's status. Who did not come takes nobody's time any more. */
export const ICALENDAR_STATUS = {
  PENDING_PAYMENT: 'TENTATIVE',
  PENDING_APPROVAL: 'TENTATIVE',
  CONFIRMED: 'CONFIRMED',
  IN_HOUSE: 'CONFIRMED',
  COMPLETED: 'CONFIRMED',
  DECLINED: 'CANCELLED',
  CANCELLED: 'CANCELLED',
  EXPIRED: 'CANCELLED',
  NO_SHOW: 'CANCELLED',
} as const satisfies Record<BookingStatus, CalendarEvent['status']>;
