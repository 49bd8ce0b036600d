import type { Context } from '../context.ts';

/** A queue kept in a table: its rows carry their own state. */
export interface Queue<Row> {
  readonly name: string;
  /** Leases up to `limit` rows that are due and answers them; `FOR UPDATE SKIP LOCKED`, so that two drains never share one. */
  claim(ctx: Context, limit: number): Promise<Row[]>;
  /** Does the work of one row and settles it. Must be safe to do twice. */
  run(ctx: Context, row: Row): Promise<void>;
}

/** A row whose worker died is free again after this; longer work must end before. */
export const LEASE_SECONDS = 10;

/** How many rows of one queue are worked on at once: one that hangs takes one place, and the others go on. */
const AT_ONCE = 20;

/** Works on a queue. Rows under way together belong to different bookings: the claims see to that. */
export class Drain<Row> {
  readonly #ctx: Context;
  readonly #queue: Queue<Row>;
  readonly #running = new Set<Promise<void>>();

  constructor(ctx: Context, queue: Queue<Row>) {
    this.#ctx = ctx;
    this.#queue = queue;
  }

  /** Starts on what is due, as far as there are free places, and answers how many rows that were. */
  async take(): Promise<number> {
    const free = AT_ONCE - this.#running.size;
    const rows = free === 0 ? [] : await this.#queue.claim(this.#ctx, free);
    for (const row of rows) {
      const run = this.#runAlone(row).finally(() => this.#running.delete(run));
      this.#running.add(run);
    }
    return rows.length;
  }

  /** Resolves when a row under way is done; never, when there is none. */
  async oneDone(): Promise<void> {
    await Promise.race(this.#running.size === 0 ? [new Promise<void>(() => undefined)] : this.#running);
  }

  /** Resolves when nothing is under way any more. */
  async allDone(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  async #runAlone(row: Row): Promise<void> {
    const { log } = this.#ctx;
    const event = `job/${this.#queue.name}`;
    try {
      await this.#queue.run(this.#ctx, row);
    } catch (error) {
      // The lease ends by itself and the row is tried again: an error here is a bug or a lost database.
      log.error({ event, outcome: 'failed', err: error }, event);
    }
  }
}

/** Runs what is due, until nothing is. Answers how many rows were run. */
export async function drain<Row>(ctx: Context, queue: Queue<Row>): Promise<number> {
  const work = new Drain(ctx, queue);
  let count = 0;
  for (let taken = await work.take(); taken > 0; taken = await work.take()) {
    count += taken;
    await work.allDone();
  }
  return count;
}
