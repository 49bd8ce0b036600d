/** The tags by which log lines are found (`event`). */
export type LogEvent =
  | 'BOOKING_CREATED'
  | 'BOOKING_RESERVED'
  | 'BOOKING_CONFIRMED'
  | 'BOOKING_EXPIRED'
  | 'PAYMENT_FINALIZE_SUCCESS'
  | 'PAYMENT_FINALIZE_ERROR'
  | 'HOLD_SWEEP_FAILED'
  | 'SERVER_READY'
  | 'SERVER_STOPPING'
  | `booking/${string}`
  | `room/${string}`
  | `catalogue/${string}`
  | `auth/${string}`
  | `job/${string}`;
