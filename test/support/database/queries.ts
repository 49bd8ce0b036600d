import pg from 'pg';

/**
 * How many statements were sent to Postgres while `work` ran, by whatever way.
 *
 * Counts where the driver sends them, so that neither a cache nor a layer above can hide one.
 */
export async function countStatements(work: () => Promise<unknown>): Promise<number> {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is called with the client it is taken from
  const query = pg.Client.prototype.query as (...args: unknown[]) => unknown;
  let count = 0;
  pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
    count += 1;
    return Reflect.apply(query, this, args);
  } as typeof pg.Client.prototype.query;
  try {
    await work();
    return count;
  } finally {
    pg.Client.prototype.query = query as typeof pg.Client.prototype.query;
  }
}
