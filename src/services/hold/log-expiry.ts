import type { Context } from '../../context.ts';
import type { LockedBooking } from '../../db/locks.ts';

export interface ExpiredHold {
  readonly code: string;
  readonly slug: string;
  readonly expiresAt: string;
  /** How long after its deadline it was released. */
  readonly overdueSeconds: number;
}

/** What is told of a hold that was just ended. */
export function describeExpiry({ code, slug, expiresAt, now }: LockedBooking): ExpiredHold {
  const deadline = expiresAt ?? now;
  const overdueSeconds = (now.getTime() - deadline.getTime()) / 1_000;
  return { code, slug, expiresAt: deadline.toISOString(), overdueSeconds };
}

/** Logs that a hold has ended, whoever ended it, and measures how late; not in a dry run. */
export function logExpiry(ctx: Context, hold: ExpiredHold): void {
  if (ctx.request.isDryRun) return;
  ctx.metrics.observeHoldExpiryDelay(hold.overdueSeconds);
  ctx.log.info({ event: 'BOOKING_EXPIRED', ...hold, requestId: ctx.request.id }, 'BOOKING_EXPIRED');
}
