import type { Context } from '../context.ts';

/** Does the work for each item, one after the other; one that fails is logged and stops no other. */
export async function forEachAlone<T>(
  ctx: Pick<Context, 'log'>,
  job: string,
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  for (const item of items) {
    try {
      await work(item);
    } catch (error) {
      ctx.log.error({ event: `job/${job}`, outcome: 'failed', err: error }, `job/${job}`);
    }
  }
}
