import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../../errors.ts';

/** Five seconds: voice platforms time tools out after several seconds, and requests end after ten (`app.ts`). */
const WAIT_BUDGET_MS = 5_000;
const PAUSE_MS = 60;

/**
 * Runs a call, and retries while the first request with its key is running, to replay the stored response.
 *
 * The wait between two tries occupies no connection.
 * Throws: the errors of `run`; idempotency_in_progress after five seconds.
 */
export async function waitForFirst<T>(run: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + WAIT_BUDGET_MS;
  for (;;) {
    try {
      return await run();
    } catch (error) {
      const isBusy = error instanceof AppError && error.code === 'idempotency_in_progress';
      if (!isBusy || performance.now() > deadline) throw error;
      // Jitter, so that concurrent repeats spread out.
      await sleep(PAUSE_MS * (0.5 + Math.random()));
    }
  }
}
