import { BPS, shareOf } from './money.ts';
import type { Minor } from './money.ts';

/** What of the money comes back when a booking is cancelled. Frozen on the booking when it is made. */
export interface CancellationPolicy {
  /** The first tier whose `hoursBefore` is still ahead counts; after the last one nothing comes back. None: all of it. */
  readonly tiers: readonly { readonly hoursBefore: number; readonly refundPercent: number }[];
  /** False: what made the booking stand is kept in any case, and the tiers are about the rest. */
  readonly isDepositRefundable?: boolean | undefined;
  /** How much of what was paid is kept when the guest does not come; all of it unless said otherwise. */
  readonly noShowFeePercent?: number | undefined;
}

export interface CancellationQuote {
  readonly refundPercent: number;
  readonly refundAmount: Minor;
  /** What is kept. */
  readonly fee: Minor;
}

const HOUR_MS = 3_600_000;

/** What would come back of `paid` if the booking were cancelled at `now`. Rounded half up; `fee + refund` is what was paid. */
export function quoteCancellation(input: {
  readonly policy: CancellationPolicy;
  readonly startsAt: Date;
  readonly now: Date;
  readonly paid: Minor;
  readonly depositDue: Minor;
}): CancellationQuote {
  const { policy, paid } = input;
  const refundPercent = percentAt(policy, (input.startsAt.getTime() - input.now.getTime()) / HOUR_MS);
  const isDepositKept = policy.isDepositRefundable === false;
  const refundable = isDepositKept ? Math.max(0, paid - input.depositDue) : paid;
  return splitByPercent(paid, refundable, refundPercent);
}

/**
 * Whether a guest would get round the policy by moving to where the total is `nextTotal`: because cancelling costs more by
 * now than it did early, and after the move it would not; or because money would come back that cancelling keeps.
 */
export function getsRoundPolicy(
  input: Parameters<typeof quoteCancellation>[0] & { readonly nextTotal: Minor },
): boolean {
  const { fee } = quoteCancellation(input);
  const early = quoteCancellation({ ...input, startsAt: new Date(input.now.getTime() + FAR_AHEAD_MS) });
  return fee > early.fee || (fee > 0 && input.paid > input.nextTotal);
}

/** Further ahead than any booking is. */
const FAR_AHEAD_MS = 100 * 365 * 24 * HOUR_MS;

/** What is kept of `paid` from a guest who did not come. */
export function quoteNoShow({ policy, paid }: { policy: CancellationPolicy; paid: Minor }): CancellationQuote {
  return splitByPercent(paid, paid, 100 - (policy.noShowFeePercent ?? 100));
}

/** What comes back by staff's own word, whatever the policy says. */
export function quoteByPercent(paid: Minor, refundPercent: number): CancellationQuote {
  return splitByPercent(paid, paid, refundPercent);
}

function splitByPercent(paid: Minor, refundable: Minor, refundPercent: number): CancellationQuote {
  const refundAmount = shareOf(refundable, (refundPercent * BPS) / 100);
  return { refundPercent, refundAmount, fee: paid - refundAmount };
}

function percentAt({ tiers }: CancellationPolicy, hoursLeft: number): number {
  if (tiers.length === 0) return 100;
  const open = tiers.filter(({ hoursBefore }) => hoursLeft >= hoursBefore);
  const latest = open.toSorted((a, b) => b.hoursBefore - a.hoursBefore)[0];
  return latest?.refundPercent ?? 0;
}
