import type { PrismaPg } from '@prisma/adapter-pg';
import type { Metrics } from '../../domain/ports/metrics.ts';

type Run<Input, Result> = (input: Input) => Promise<Result>;

/**
 * Tells how long each statement took, failed ones included: at the driver, where every statement passes, and for a
 * hundredth of what Prisma's own events would cost.
 *
 * A statement outside a transaction, and the one that begins it, wait for a connection first; that counts too.
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

/** Tells how long a run took, whether or not it succeeded; without anybody to tell, just runs it. */
export function timer(
  metrics: Pick<Metrics, 'observeQuery'> | undefined,
): <Result>(run: () => Promise<Result>) => Promise<Result> {
  if (metrics === undefined) return (run) => run();
  return async (run) => {
    const begun = performance.now();
    try {
      return await run();
    } finally {
      metrics.observeQuery((performance.now() - begun) / 1_000);
    }
  };
}
