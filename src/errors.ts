interface ErrorSpec {
  readonly status: number;
  readonly title: string;
}

/** Every refusal Holdfast can answer. The code is the contract; title and detail are prose and may change. */
export const ERRORS = {
  validation_failed: { status: 400, title: 'The request is not valid' },
  unauthorized: { status: 401, title: 'A valid credential is needed' },
  invalid_credentials: { status: 401, title: 'E-mail or password is wrong' },
  forbidden: { status: 403, title: 'This credential may not do that' },
  not_found: { status: 404, title: 'There is no such thing' },
  already_exists: { status: 409, title: 'There is one by that name already' },
  already_paid: { status: 409, title: 'Nothing is left to pay' },
  balance_due: { status: 409, title: 'The balance must be settled first' },
  change_not_allowed: { status: 409, title: 'Cancelling costs something by now, so only the property can move it' },
  authorization_lapsed: { status: 409, title: 'The card authorization has lapsed' },
  hours_overlap: { status: 409, title: 'Opening hours overlap' },
  insufficient_wallet_balance: { status: 409, title: 'The wallet does not hold that much' },
  idempotency_in_progress: { status: 409, title: 'The first request with this key is still running' },
  invalid_transition: { status: 409, title: 'The booking is not in a status that allows this' },
  inventory_in_use: { status: 409, title: 'Bookings hold that inventory' },
  payment_in_progress: { status: 409, title: 'A payment is still under way' },
  promo_in_use: { status: 409, title: 'Bookings hold that promo code' },
  proposal_invalid: { status: 409, title: 'What was proposed can no longer be confirmed' },
  refund_exceeds_captured: { status: 409, title: 'That is more than can be given back' },
  room_not_ready: { status: 409, title: 'The room is not ready' },
  room_required: { status: 409, title: 'A room must be assigned first' },
  room_taken: { status: 409, title: 'The room is taken on those nights' },
  slot_taken: { status: 409, title: 'That time is taken' },
  sold_out: { status: 409, title: 'Sold out' },
  too_many_holds: { status: 409, title: 'Too many bookings wait for payment' },
  too_early: { status: 409, title: 'It is too early for that' },
  hold_expired: { status: 410, title: 'The hold has ended' },
  version_conflict: { status: 412, title: 'It was changed in the meantime' },
  invalid_signature: { status: 400, title: 'The signature is not valid' },
  payload_too_large: { status: 413, title: 'The request is too large' },
  unsupported_media_type: { status: 415, title: 'Only JSON is understood here' },
  amount_mismatch: { status: 422, title: 'The amount is not what is due' },
  beyond_booking_window: { status: 422, title: 'Too far ahead to be booked' },
  closed: { status: 422, title: 'Closed on those dates' },
  idempotency_key_reused: { status: 422, title: 'The key was used for another request' },
  local_time_ambiguous: { status: 422, title: 'That local time comes twice' },
  local_time_skipped: { status: 422, title: 'That local time does not exist' },
  min_stay: { status: 422, title: 'The stay is too short' },
  notice_too_short: { status: 422, title: 'Too late to book for that time' },
  occupancy_exceeded: { status: 422, title: 'Too many persons' },
  outside_hours: { status: 422, title: 'Outside opening hours' },
  outside_zone: { status: 422, title: 'Too far to travel' },
  overpayment: { status: 422, title: 'That is more than is due' },
  payment_refused: { status: 422, title: 'The payment gateway does not take this payment' },
  past_time: { status: 422, title: 'That time has passed' },
  start_not_offered: { status: 422, title: 'Appointments do not begin at that minute' },
  wrong_room_type: { status: 422, title: 'The room is of another type' },
  promo_invalid: { status: 422, title: 'The promo code can not be used' },
  rate_limited: { status: 429, title: 'Too many requests' },
  internal_error: { status: 500, title: 'Something went wrong on our side' },
  gateway_unavailable: { status: 502, title: 'The payment gateway does not answer' },
  overloaded: { status: 503, title: 'Too busy right now' },
} as const satisfies Record<string, ErrorSpec>;

export type ErrorCode = keyof typeof ERRORS;

export interface FieldError {
  readonly path: string;
  readonly message: string;
}

interface ErrorContent {
  /** One sentence for the person who reads it. Never a stack, SQL or a secret. */
  readonly detail?: string;
  /** For validation: where and what. */
  readonly errors?: readonly FieldError[];
  /** Further members of the problem document, such as `alternatives`. */
  readonly extra?: Readonly<Record<string, unknown>>;
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

/** A refusal that the caller is told about: becomes problem+json at the edge. */
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
