/** How far a booking or a payment has come: the tags operators search and alert by. */
export type Milestone =
  | 'BOOKING_CREATED'
  | 'BOOKING_RESERVED'
  | 'BOOKING_CONFIRMED'
  | 'BOOKING_EXPIRED'
  | 'PAYMENT_FINALIZE_SUCCESS'
  | 'PAYMENT_FINALIZE_ERROR'
  | 'WALLET_DEDUCTED'
  | 'PAYMENT_AUTHORIZED'
  | 'PAYMENT_UNKNOWN';

/** What was done, one tag per action. */
export type LogEvent =
  | `agent/${string}`
  | `api-key/${string}`
  | `booking/${string}`
  | `room/${string}`
  | `catalogue/${string}`
  | `payment/${string}`
  | `wallet/${string}`
  | `refund/${string}`
  | `webhook/${string}`;
