const MINUTES_OF_A_DAY = 1_440;

/** Terms of a property or a service that say how early and how late it can be booked. */
export interface BookingWindow {
  readonly minNoticeMinutes: number;
  readonly bookingWindowDays: number;
}

/** Tells whether nothing could ever be booked, because the notice is as long as the booking window or longer. */
export function isNeverBookable({ minNoticeMinutes, bookingWindowDays }: BookingWindow): boolean {
  return minNoticeMinutes >= bookingWindowDays * MINUTES_OF_A_DAY;
}
