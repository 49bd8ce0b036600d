interface ErrorSpec {
  readonly status: number;
  readonly title: string;
}

/** Error codes with status and title. The code is the contract; title and detail are prose and may change. */
export const ERRORS = {
  validation_failed: { status: 400, title: 'The request is not valid' },
  unauthorized: { status: 401, title: 'Credentials are missing or not valid' },
  invalid_credentials: { status: 401, title: 'E-mail or password is wrong' },
  forbidden: { status: 403, title: 'These credentials do not permit this action' },
  not_found: { status: 404, title: 'Not found' },
  answer_withheld: { status: 409, title: 'Only the first caller gets this answer again' },
  already_exists: { status: 409, title: 'Already exists' },
  already_paid: { status: 409, title: 'Already paid in full' },
  balance_due: { status: 409, title: 'The balance must be paid or waived first' },
  change_not_allowed: { status: 409, title: 'Past free cancellation only the property can move this booking' },
  authorization_lapsed: { status: 409, title: 'The card authorization has lapsed' },
  hours_overlap: { status: 409, title: 'Opening hours overlap' },
  insufficient_wallet_balance: { status: 409, title: 'The wallet balance is too low' },
  idempotency_in_progress: { status: 409, title: 'The first request with this idempotency key is still running' },
  invalid_transition: { status: 409, title: 'The booking status does not allow this action' },
  inventory_in_use: { status: 409, title: 'Bookings use this inventory' },
  payment_in_progress: { status: 409, title: 'A payment is in progress' },
  promo_in_use: { status: 409, title: 'Bookings use this promo code' },
  proposal_invalid: { status: 409, title: 'The proposal can no longer be confirmed' },
  refund_exceeds_captured: { status: 409, title: 'The refund exceeds the captured amount' },
  room_not_ready: { status: 409, title: 'The room is not ready' },
  room_required: { status: 409, title: 'A room must be assigned first' },
  room_taken: { status: 409, title: 'The room is taken on these nights' },
  slot_taken: { status: 409, title: 'That time is taken' },
  sold_out: { status: 409, title: 'Sold out' },
  too_many_holds: { status: 409, title: 'Too many bookings are waiting for payment' },
  too_early: { status: 409, title: 'Too early for this action' },
  too_late: { status: 409, title: 'Too late for this action' },
  hold_expired: { status: 410, title: 'The hold has expired' },
  version_conflict: { status: 412, title: 'Changed by another request in the meantime' },
  invalid_signature: { status: 400, title: 'The signature is not valid' },
  payload_too_large: { status: 413, title: 'The request is too large' },
  unsupported_media_type: { status: 415, title: 'The media type must be JSON' },
  amount_mismatch: { status: 422, title: 'The amount does not match the amount due' },
  amount_too_small: { status: 422, title: 'The amount is too small for a card' },
  beyond_booking_window: { status: 422, title: 'Beyond the booking window' },
  closed: { status: 422, title: 'Closed on these dates' },
  closed_to_arrival: { status: 422, title: 'Closed to arrival on this date' },
  closed_to_departure: { status: 422, title: 'Closed to departure on this date' },
  idempotency_key_reused: { status: 422, title: 'The idempotency key was used for another request' },
  local_time_ambiguous: { status: 422, title: 'The local time occurs twice on this date' },
  local_time_skipped: { status: 422, title: 'The local time does not exist on this date' },
  max_stay: { status: 422, title: 'The stay is too long' },
  min_stay: { status: 422, title: 'The stay is too short' },
  notice_too_short: { status: 422, title: 'The notice is too short' },
  occupancy_exceeded: { status: 422, title: 'Too many guests' },
  outside_hours: { status: 422, title: 'Outside opening hours' },
  outside_zone: { status: 422, title: 'The address is outside the service area' },
  overpayment: { status: 422, title: 'The payment exceeds the amount due' },
  payment_refused: { status: 422, title: 'The payment gateway refused this payment' },
  past_time: { status: 422, title: 'The time has passed' },
  start_not_offered: { status: 422, title: 'No appointment begins at this minute' },
  wrong_room_type: { status: 422, title: 'The room is of another type' },
  promo_invalid: { status: 422, title: 'The promo code cannot be used' },
  rate_limited: { status: 429, title: 'Too many requests' },
  internal_error: { status: 500, title: 'Internal error' },
  gateway_unavailable: { status: 502, title: 'The payment gateway does not respond' },
  overloaded: { status: 503, title: 'Overloaded' },
} as const satisfies Record<string, ErrorSpec>;

export type ErrorCode = keyof typeof ERRORS;

export interface FieldError {
  readonly path: string;
  readonly message: string;
}

interface ErrorContent {
  /** One sentence with the next step for the reader. Never a stack trace, SQL or a secret. */
  readonly detail?: string;
  /** Path and message of each invalid field. */
  readonly errors?: readonly FieldError[];
  /** Additional members of the problem document, such as `alternatives`. */
  readonly extra?: Readonly<Record<string, unknown>>;
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

/** A refusal with a code. The error handler turns it into `application/problem+json`. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly content: ErrorContent;

  constructor(code: ErrorCode, content: ErrorContent = {}) {
    super(content.detail ?? ERRORS[code].title, { cause: content.cause });
    this.code = code;
    this.content = content;
  }

  get status(): number {
    return ERRORS[this.code].status;
  }
}
