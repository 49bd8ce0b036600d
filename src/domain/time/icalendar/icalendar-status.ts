import type { BookingStatus } from '../../booking-status.ts';
import type { CalendarEvent } from './icalendar.ts';

/** iCalendar status by booking status. A no-show is CANCELLED, so that the calendar shows the time as free. */
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
