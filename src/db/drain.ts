import type { Context } from '../context.ts';

/** A queue in a table, whose rows carry their state. */
export interface Queue<Row> {
  readonly name: string;
  /** Leases up to `limit` due rows, by `FOR UPDATE SKIP LOCKED`, so that two drains never share a row. */
  claim(ctx: Context, limit: number): Promise<Row[]>;
  /** Processes one row and marks the row done. Must be idempotent. */
  run(ctx: Context, row: Row): Promise<void>;
}

/** Time until a row of a crashed worker is free again. Work must end within the lease. */
export const LEASE_SECONDS = 10;

/** Rows of one queue processed at once. A row that hangs occupies one place only. */
const MAX_CONCURRENT_ROWS = 20;

/** Processes a queue. Claims ensure that concurrent rows belong to different bookings. */
export class Drain<Row> {
  readonly #ctx: Context;
  readonly #queue: Queue<Row>;
  readonly #running = new Set<Promise<void>>();

  constructor(ctx: Context, queue: Queue<Row>) {
    this.#ctx = ctx;
    this.#queue = queue;
  }

  /** Starts due rows while places are free; answers the number of started rows. */
  async take(): Promise<number> {
    const free = MAX_CONCURRENT_ROWS - this.#running.size;
    const rows = free === 0 ? [] : await this.#queue.claim(this.#ctx, free);
    for (const row of rows) {
      const run = this.#runAlone(row).finally(() => this.#running.delete(run));
      this.#running.add(run);
    }
    return rows.length;
  }

  /** Resolves when a running row is done; never while no row runs. */
  async oneDone(): Promise<void> {
    await Promise.race(this.#running.size === 0 ? [new Promise<void>(() => undefined)] : this.#running);
  }

  /** Resolves when no row runs any more. */
  async allDone(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  async #runAlone(row: Row): Promise<void> {
    const { log } = this.#ctx;
    const event = `job/${this.#queue.name}`;
    try {
      await this.#queue.run(this.#ctx, row);
    } catch (error) {
      // The lease expires and the row is retried. An error here is a bug or a lost database connection.
      log.error({ event, outcome: 'failed', err: error }, event);
    }
  }
}

/** Processes due rows until none is left; answers the number of rows. */
export async function drain<Row>(ctx: Context, queue: Queue<Row>): Promise<number> {
  const work = new Drain(ctx, queue);
  let count = 0;
  for (let taken = await work.take(); taken > 0; taken = await work.take()) {
    count += taken;
    await work.allDone();
  }
  return count;
}
