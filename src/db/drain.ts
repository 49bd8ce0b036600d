import type { Context } from '../context.ts';

/** A queue kept in a table: its rows carry their own state. */
export interface Queue<Row> {
  readonly name: string;
  /** Leases rows that are due and answers them; `FOR UPDATE SKIP LOCKED`, so that two drains never share one. */
  claim(ctx: Context): Promise<Row[]>;
  /** Does the work of one row and settles it. Must be safe to do twice. */
  run(ctx: Context, row: Row): Promise<void>;
}

/** A row whose worker died is free again after this; longer work must end before. */
export const LEASE_SECONDS = 10;

/** Claims what is due and runs it, until nothing is due. Answers how many rows were run. */
export async function drain<Row>(ctx: Context, queue: Queue<Row>): Promise<number> {
  let count = 0;
  for (;;) {
    const rows = await queue.claim(ctx);
    if (rows.length === 0) return count;
    // Rows of one claim belong to different bookings (the claims see to that), so they may run side by side.
    await Promise.all(
      rows.map(async (row) => {
        try {
          await queue.run(ctx, row);
        } catch (error) {
          // The lease ends by itself and the row is tried again: an error here is a bug or a lost database.
          ctx.log.error({ event: `job/${queue.name}`, outcome: 'failed', err: error }, `job/${queue.name}`);
        }
      }),
    );
    count += rows.length;
  }
}
