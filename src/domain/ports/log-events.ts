/** Progress of a booking or payment: tags for search and alerts. */
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

/** Tag of an action, one per action. */
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
