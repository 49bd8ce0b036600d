import type { Context } from '../context.ts';
import { declineUndecided } from '../services/desk/decision/decline-undecided.ts';
import { warnOfLapse } from '../services/desk/decision/warn-of-lapse.ts';
import { endHeldMoves } from '../services/desk/reschedule/held/end-held-moves.ts';
import { deleteEndedClaims } from '../services/selling/hold/delete-ended-claims.ts';
import { expireHolds } from '../services/selling/hold/expire-holds.ts';
import { deleteExpiredTokens } from '../services/platform/auth/session/delete-expired-tokens.ts';
import { deleteExpiredKeys } from '../services/core/idempotency/delete-expired-keys.ts';
import { syncStalePayments } from '../services/money/gateway/sync/sync-stale-payments.ts';
import { extendInventory } from '../services/stock/inventory/extend-inventory.ts';
import { reconcileDaily } from '../services/money/reconciliation/reconcile-daily.ts';

interface Job {
  readonly name: string;
  readonly everyMs: number;
  readonly run: (ctx: Context) => Promise<unknown>;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** What happens by itself. Every one is safe to run twice at once, so each process may run them all. */
const JOBS: readonly Job[] = [
  { name: 'expire-holds', everyMs: 5 * SECOND_MS, run: expireHolds },
  { name: 'end-held-moves', everyMs: 5 * SECOND_MS, run: endHeldMoves },
  { name: 'decline-undecided', everyMs: MINUTE_MS, run: declineUndecided },
  { name: 'warn-of-lapse', everyMs: MINUTE_MS, run: warnOfLapse },
  { name: 'sync-stale-payments', everyMs: MINUTE_MS, run: syncStalePayments },
  { name: 'forget-old-keys', everyMs: HOUR_MS, run: deleteExpiredKeys },
  { name: 'delete-expired-tokens', everyMs: HOUR_MS, run: deleteExpiredTokens },
  { name: 'delete-ended-claims', everyMs: HOUR_MS, run: deleteEndedClaims },
  // More often than once a day, because "today" begins at another hour in every zone.
  { name: 'extend-inventory', everyMs: HOUR_MS, run: extendInventory },
  { name: 'reconcile-daily', everyMs: HOUR_MS, run: reconcileDaily },
];

export interface RunningJobs {
  /** Starts nothing more and waits for what is under way: of a job that goes through many, for the one it is at. */
  stop(): Promise<void>;
}

/** Runs every job at once and then again, each at its own pace and never twice at the same time in this process. */
export function startJobs(ctx: Context): RunningJobs {
  const stopping = new AbortController();
  const loops = JOBS.map((job) => loop({ ...ctx, stopping: stopping.signal }, job));
  return {
    stop: async () => {
      stopping.abort();
      await Promise.all(loops);
    },
  };
}

async function loop(ctx: Context & { readonly stopping: AbortSignal }, job: Job): Promise<void> {
  while (!ctx.stopping.aborted) {
    try {
      await job.run(ctx);
    } catch (error) {
      ctx.log.error({ event: `job/${job.name}`, outcome: 'failed', err: error }, `job/${job.name}`);
    }
    await pause(job.everyMs, ctx.stopping);
  }
}

/** Ends early when stopping. */
function pause(durationMs: number, stopping: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (stopping.aborted) {
      resolve();
      return;
    }
    const end = () => {
      clearTimeout(timer);
      stopping.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, durationMs);
    stopping.addEventListener('abort', end);
  });
}
