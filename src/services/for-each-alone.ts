import type { Context } from '../context.ts';

/**
 * Does the work for each item, one after the other; one that fails is logged and stops no other.
 *
 * In a job that is to stop, what is under way is finished and nothing more begun.
 */
export async function forEachAlone<T>(
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

/** Whether the job is to stop; work that nobody stops goes through all there is. */
export function isStopping({ stopping }: Pick<Context, 'stopping'>): boolean {
  return stopping?.aborted === true;
}
