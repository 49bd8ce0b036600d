/** Five minutes. A refused refund is rarely final: the gateway balance is topped up, or another refund completes. */
const FIRST_WAIT_MS = 5 * 60_000;
/** Six doublings of five minutes are 5 h 20 min. Retries continue at this interval. */
const MAX_DOUBLINGS = 6;

/** Computes the wait before the next retry, in milliseconds, from the number of refusals. */
export function computeRefundRetryDelayMs(refusals: number): number {
  return FIRST_WAIT_MS * 2 ** Math.min(Math.max(refusals - 1, 0), MAX_DOUBLINGS);
}
