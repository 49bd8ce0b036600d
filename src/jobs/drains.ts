import type { Context } from '../context.ts';
import { Drain } from '../db/drain.ts';
import type { Queue } from '../db/drain.ts';
import { operationQueue } from '../services/payment/run-operation.ts';
import { webhookQueue } from '../services/webhook/process-webhook.ts';
import type { RunningJobs } from './schedule.ts';

/** A few times a second; a commit in this process nudges at once, so this is for what others left. */
const POLL_MS = 300;

/** Wakes those who wait. Made before the context, because use cases nudge through it. */
export class Bell {
  #waiting = new Set<() => void>();

  ring(): void {
    for (const wake of this.#waiting) wake();
  }

  /** Resolves when the bell rings, or after `ms`. */
  async wait(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      this.#waiting.add(wake);
    });
  }
}

/** Empties the queues as they fill: what the gateway told us, and what it is to do. */
export function startDrains(ctx: Context, bell: Bell): RunningJobs {
  let isStopping = false;
  const empty = async <Row>(queue: Queue<Row>): Promise<void> => {
    const work = new Drain(ctx, queue);
    while (!isStopping) {
      const taken = await work.take().catch((error: unknown) => {
        ctx.log.error({ event: `job/${queue.name}`, outcome: 'failed', err: error }, `job/${queue.name}`);
        return 0;
      });
      // What is done may have made the next row of its booking due.
      if (taken === 0) await Promise.race([bell.wait(POLL_MS), work.oneDone()]);
    }
    await work.allDone();
  };
  const loops = [empty(webhookQueue), empty(operationQueue)];
  return {
    stop: async () => {
      isStopping = true;
      bell.ring();
      await Promise.all(loops);
    },
  };
}
