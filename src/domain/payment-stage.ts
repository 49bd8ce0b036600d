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

/** A request whose authorization lapsed before anybody decided is paid again in these, until its deadline. */
export const PAYABLE_AGAIN_STAGES: readonly PaymentStage[] = ['LAPSED', 'SESSION_CREATED', 'FAILED'];

/** A hold whose payment is further than this stands, whatever its deadline: money is on its way. */
export const EXPIRABLE_STAGES: readonly PaymentStage[] = ['NONE', 'SESSION_CREATED', 'FAILED'];
