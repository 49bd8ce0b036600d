/** States of refunds and gateway operations that may still succeed: not tried yet, or tried with an unknown outcome. */
export const OPEN_STATES = ['PENDING', 'UNKNOWN'] as const;

/** Tells whether the outcome of a refund or a gateway operation is not known yet. */
export function isOpenState(state: string): boolean {
  return OPEN_STATES.some((open) => open === state);
}

/** Kinds of gateway operations that move money, or let go of it. */
export const IN_FLIGHT_KINDS = ['CAPTURE', 'VOID', 'REFUND'] as const;
