import type { Context } from '../context.ts';
import { Drain } from '../db/drain.ts';
import type { Queue } from '../db/drain.ts';
import { feedQueue } from '../services/core/feed/delivery/deliver-feed.ts';
import { listSenders } from '../services/core/feed/delivery/senders.ts';
import { MAX_FEEDS, numberEvents } from '../services/core/feed/number-events.ts';
import { operationQueue } from '../services/money/gateway/run-operation.ts';
import { webhookQueue } from '../services/money/gateway/webhook/process-webhook.ts';
import type { RunningJobs } from './schedule.ts';

/** A few times a second; a commit in this process nudges at once, so this is for what others left. */
const POLL_MS = 300;

/** Wakes the loops that wait for work. Made before the context, because use cases nudge through it. */
export class Notifier {
  #waiting = new Set<() => void>();

  notify(): void {
    for (const wake of this.#waiting) wake();
  }

  /** Resolves at the next `notify`, or after `ms`. */
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

/** Empties the queues as they fill: the gateway's events, operations at the gateway, and the feed of each channel. */
export function startDrains(ctx: Context, nudged: Notifier): RunningJobs {
  let isStopping = false;
  const empty = async <Row>(queue: Queue<Row>, due: Notifier): Promise<void> => {
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
  const eventsNumbered = new Notifier();
  const stopping = new Notifier();
  const number = async (): Promise<void> => {
    while (!isStopping) {
      const numbered = await numberEvents(ctx).catch((error: unknown) => {
        logFailure(ctx, 'number-events', error);
        return 0;
      });
      if (numbered > 0) eventsNumbered.notify();
      // Where there may be more than fitted into one go, waiting would be how fast we can be.
      if (numbered < MAX_FEEDS) await stopping.wait(NUMBER_EVERY_MS);
    }
  };
  const loops = [empty(webhookQueue, nudged), empty(operationQueue, nudged), number()];
  for (const sender of listSenders(ctx)) loops.push(empty(feedQueue(sender), eventsNumbered));
  return {
    stop: async () => {
      isStopping = true;
      nudged.notify();
      eventsNumbered.notify();
      stopping.notify();
      await Promise.all(loops);
    },
  };
}

function logFailure(ctx: Context, job: string, error: unknown): void {
  ctx.log.error({ event: `job/${job}`, outcome: 'failed', err: error }, `job/${job}`);
}
