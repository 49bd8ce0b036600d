import { findChargeStep } from './charge.ts';
import { BPS, shareOf } from './money.ts';
import type { Minor } from './money.ts';

/** Refund rules for a cancellation. Frozen on the booking at creation. */
export interface CancellationPolicy {
  /** The tier with the largest `hoursBefore` not yet passed applies; past all tiers 0 %; without tiers 100 %. From the
   * start on 0 %, whatever the tiers say. */
  readonly tiers: readonly { readonly hoursBefore: number; readonly refundPercent: number }[];
  /** False: the deposit is never refunded, and the tiers apply to the rest. */
  readonly isDepositRefundable?: boolean | undefined;
  /** Percent of the paid amount kept after a no-show; 100 by default. */
  readonly noShowFeePercent?: number | undefined;
}

export interface CancellationQuote {
  readonly refundPercent: number;
  readonly refundAmount: Minor;
  /** Amount that the property keeps. */
  readonly fee: Minor;
}

const HOUR_MS = 3_600_000;

/**
 * Computes refund and fee for a cancellation at `now`. Fee plus refund equals `paid`.
 *
 * Rounded half up to a multiple of the currency's charge step.
 */
export function quoteCancellation(input: {
  readonly currency: string;
  readonly policy: CancellationPolicy;
  readonly startsAt: Date;
  readonly now: Date;
  readonly paid: Minor;
  readonly depositDue: Minor;
}): CancellationQuote {
  const { policy, paid } = input;
  const refundPercent = findRefundPercent(policy, (input.startsAt.getTime() - input.now.getTime()) / HOUR_MS);
  const isDepositKept = policy.isDepositRefundable === false;
  const refundable = isDepositKept ? Math.max(0, paid - input.depositDue) : paid;
  return splitByPercent({ ...input, refundable, refundPercent });
}

/**
 * Tells whether a guest would bypass the cancellation policy by moving to a booking with the total `nextTotal`.
 *
 * True when the cancellation fee is higher now than early, because the move would reset the deadline. Also true when
 * the move would refund money that a cancellation keeps.
 */
export function bypassesPolicy(
  input: Parameters<typeof quoteCancellation>[0] & { readonly nextTotal: Minor },
): boolean {
  const { fee } = quoteCancellation(input);
  const early = quoteCancellation({ ...input, startsAt: new Date(input.now.getTime() + FAR_AHEAD_MS) });
  return fee > early.fee || (fee > 0 && input.paid > input.nextTotal);
}

/** A start further ahead than any booking window. */
const FAR_AHEAD_MS = 100 * 365 * 24 * HOUR_MS;

/** Computes refund and fee for a no-show. */
export function quoteNoShow(input: Paid & { readonly policy: CancellationPolicy }): CancellationQuote {
  const refundPercent = 100 - (input.policy.noShowFeePercent ?? 100);
  return quoteByPercent({ ...input, refundPercent });
}

/** Computes refund and fee for a percentage that staff chose instead of the policy. */
export function quoteByPercent(input: Paid & { readonly refundPercent: number }): CancellationQuote {
  return splitByPercent({ ...input, refundable: input.paid });
}

interface Paid {
  readonly currency: string;
  readonly paid: Minor;
}

function splitByPercent(
  input: Paid & { readonly refundable: Minor; readonly refundPercent: number },
): CancellationQuote {
  const { currency, paid, refundable, refundPercent } = input;
  const share = shareOf(refundable, (refundPercent * BPS) / 100, findChargeStep(currency));
  const refundAmount = Math.min(refundable, share);
  return { refundPercent, refundAmount, fee: paid - refundAmount };
}

function findRefundPercent({ tiers }: CancellationPolicy, hoursLeft: number): number {
  if (hoursLeft <= 0) return 0;
  if (tiers.length === 0) return 100;
  const open = tiers.filter(({ hoursBefore }) => hoursLeft >= hoursBefore);
  const latest = open.toSorted((a, b) => b.hoursBefore - a.hoursBefore)[0];
  return latest?.refundPercent ?? 0;
}
