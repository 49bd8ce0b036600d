import type { Context } from '../../../context.ts';
import type { LockedBooking } from '../../../db/locks.ts';

export interface ExpiredHold {
  readonly code: string;
  readonly slug: string;
  readonly expiresAt: string;
  /** Time between the deadline and the expiry. */
  readonly overdueSeconds: number;
}

/** Describes a hold that expires now, for the log. */
export function describeExpiry({ code, slug, expiresAt, now }: LockedBooking): ExpiredHold {
  const deadline = expiresAt ?? now;
  const overdueSeconds = (now.getTime() - deadline.getTime()) / 1_000;
  return { code, slug, expiresAt: deadline.toISOString(), overdueSeconds };
}

/** Logs an expired hold and measures its delay; does nothing in a dry run. */
export function logExpiry(ctx: Context, hold: ExpiredHold): void {
  if (ctx.request?.isDryRun === true) return;
  ctx.metrics.observeHoldExpiryDelay(hold.overdueSeconds);
  ctx.log.info({ event: 'BOOKING_EXPIRED', ...hold, requestId: ctx.request?.id ?? null }, 'BOOKING_EXPIRED');
}
