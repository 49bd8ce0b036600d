import type { Context } from '../context.ts';
import { Drain } from '../db/drain.ts';
import type { Queue } from '../db/drain.ts';
import { pusherQueue } from '../services/feed/deliver-events.ts';
import { MAX_FEEDS, numberEvents } from '../services/feed/number-events.ts';
import { operationQueue } from '../services/gateway/operation/run-operation.ts';
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

/** How long committed events may wait for their numbers: many then share one transaction, and nobody notices. */
const NUMBER_EVERY_MS = 100;

/** Empties the queues as they fill: what the gateway told us and is to do, and what is to be told to others. */
export function startDrains(ctx: Context, bell: Bell): RunningJobs {
  let isStopping = false;
  const empty = async <Row>(queue: Queue<Row>, due: Bell): Promise<void> => {
    const work = new Drain(ctx, queue);
    while (!isStopping) {
      const taken = await work.take().catch((error: unknown) => {
        logFailure(ctx, queue.name, error);
        return 0;
      });
      // What is done may have made the next row of its booking due.
      if (taken === 0) await Promise.race([due.wait(POLL_MS), work.oneDone()]);
    }
    await work.allDone();
  };
  const news = new Bell();
  const stop = new Bell();
  const number = async (): Promise<void> => {
    while (!isStopping) {
      const numbered = await numberEvents(ctx).catch((error: unknown) => {
        logFailure(ctx, 'number-events', error);
        return 0;
      });
      if (numbered > 0) news.ring();
      // Where there may be more than fitted into one go, waiting would be how fast we can be.
      if (numbered < MAX_FEEDS) await stop.wait(NUMBER_EVERY_MS);
    }
  };
  const loops = [empty(webhookQueue, bell), empty(operationQueue, bell), number()];
  if (ctx.realtime !== null) loops.push(empty(pusherQueue, news));
  return {
    stop: async () => {
      isStopping = true;
      bell.ring();
      news.ring();
      stop.ring();
      await Promise.all(loops);
    },
  };
}

function logFailure(ctx: Context, job: string, error: unknown): void {
  ctx.log.error({ event: `job/${job}`, outcome: 'failed', err: error }, `job/${job}`);
}
