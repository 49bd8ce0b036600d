import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../errors.ts';

/** A voice platform gives up on a tool after some seconds, and a request of ours ends after ten. */
const WAIT_BUDGET_MS = 5_000;
const PAUSE_MS = 60;

/** Runs a call; while its first sending still runs, waits for that one's answer, so that the caller hears it. */
export async function waitForFirst<T>(run: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + WAIT_BUDGET_MS;
  for (;;) {
    try {
      return await run();
    } catch (error) {
      const isBusy = error instanceof AppError && error.code === 'idempotency_in_progress';
      if (!isBusy || performance.now() > deadline) throw error;
      // Not all at once again.
      await sleep(PAUSE_MS * (0.5 + Math.random()));
    }
  }
}
