import type { Context } from '../../../context.ts';

/**
 * Runs work for each item in sequence, and logs a failure without stopping the others.
 *
 * When the job is stopping, the current item is finished and no other started.
 */
export async function forEachIsolated<T>(
  ctx: Pick<Context, 'log' | 'stopping'>,
  job: string,
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  for (const item of items) {
    if (isStopping(ctx)) return;
    try {
      await work(item);
    } catch (error) {
      ctx.log.error({ event: `job/${job}`, outcome: 'failed', err: error }, `job/${job}`);
    }
  }
}

/** Checks whether the job is stopping; false without a signal. */
export function isStopping({ stopping }: Pick<Context, 'stopping'>): boolean {
  return stopping?.aborted === true;
}
