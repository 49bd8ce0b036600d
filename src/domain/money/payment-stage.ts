export const PAYMENT_STAGES = [
  'NONE',
  'SESSION_CREATED',
  'AUTHORIZED',
  'CAPTURING',
  'CAPTURED',
  'VOIDED',
  'LAPSED',
  'FAILED',
  'REFUNDED',
  'PARTIALLY_REFUNDED',
] as const;
export type PaymentStage = (typeof PAYMENT_STAGES)[number];

/** Stages in which a booking request with a lapsed authorization can be paid again, until the deadline. */
export const PAYABLE_AGAIN_STAGES: readonly PaymentStage[] = ['LAPSED', 'SESSION_CREATED', 'FAILED'];

/** Stages with money authorized and not captured yet. */
export const UNCAPTURED_STAGES: readonly PaymentStage[] = ['AUTHORIZED', 'CAPTURING'];

/** Stages with money received, refunded since or not. */
export const CAPTURED_STAGES: readonly PaymentStage[] = ['CAPTURED', 'PARTIALLY_REFUNDED', 'REFUNDED'];

/** Stages in which a hold expires at the deadline. In later stages a payment is in progress, and the hold stays. */
export const EXPIRABLE_STAGES: readonly PaymentStage[] = ['NONE', 'SESSION_CREATED', 'FAILED'];
