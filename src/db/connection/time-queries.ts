import type { PrismaPg } from '@prisma/adapter-pg';
import type { Metrics } from '../../domain/ports/metrics.ts';

type Run<Input, Result> = (input: Input) => Promise<Result>;

/**
 * Records the duration of each statement at the driver, failed statements included.
 *
 * Prisma's own events would cost a hundred times as much. The wait for a connection counts too, for statements outside
 * a transaction and for BEGIN.
 */
export function timeQueries(adapter: PrismaPg, metrics: Pick<Metrics, 'observeQuery'>): void {
  const time = timer(metrics);
  const timed =
    <Input, Result>(run: Run<Input, Result>): Run<Input, Result> =>
    (input) =>
      time(() => run(input));
  const connect = adapter.connect.bind(adapter);
  adapter.connect = async () => {
    const connected = await connect();
    connected.queryRaw = timed(connected.queryRaw.bind(connected));
    connected.executeRaw = timed(connected.executeRaw.bind(connected));
    const begin = timed(connected.startTransaction.bind(connected));
    connected.startTransaction = async (level) => {
      const tx = await begin(level);
      tx.queryRaw = timed(tx.queryRaw.bind(tx));
      tx.executeRaw = timed(tx.executeRaw.bind(tx));
      return tx;
    };
    return connected;
  };
}

/** Makes a function that records the duration of a run, also of a failed run; without metrics a plain call. */
export function timer(
  metrics: Pick<Metrics, 'observeQuery'> | undefined,
): <Result>(run: () => Promise<Result>) => Promise<Result> {
  if (metrics === undefined) return (run) => run();
  return async (run) => {
    const startedAt = performance.now();
    try {
      return await run();
    } finally {
      metrics.observeQuery((performance.now() - startedAt) / 1_000);
    }
  };
}
