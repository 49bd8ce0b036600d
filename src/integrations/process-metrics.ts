import { monitorEventLoopDelay } from 'node:perf_hooks';
import process from 'node:process';
import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';

/** How often the event loop's lag is looked at. */
const RESOLUTION_MS = 20;

/**
 * What the process itself uses, under the names that dashboards for Node know: lag, processor, memory, start.
 *
 * Not prom-client's own default metrics: those watch the garbage collector for ever, and can't be stopped.
 */
export function measureProcess(registry: Registry): { stop(): Promise<void> } {
  const registers = [registry];
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      ...{ name, help, registers },
      collect() {
        this.set(read());
      },
    });
  gauge('process_start_time_seconds', 'When the process started, in seconds since 1970.', () =>
    Math.floor(performance.timeOrigin / 1_000),
  );
  gauge('process_resident_memory_bytes', 'Memory the process holds.', () => process.memoryUsage.rss());
  gauge('nodejs_heap_size_used_bytes', 'Memory that JavaScript objects use.', () => process.memoryUsage().heapUsed);
  new Counter({
    ...{ name: 'process_cpu_seconds_total', help: 'Processor time used.', registers },
    collect() {
      const { user, system } = process.cpuUsage();
      this.reset();
      this.inc((user + system) / 1e6);
    },
  });

  const lag = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  lag.enable();
  // The monitor counts its own interval as delay.
  const seconds = (nanoseconds: number) => Math.max(0, nanoseconds / 1e9 - RESOLUTION_MS / 1e3);
  gauge('nodejs_eventloop_lag_p50_seconds', 'Half of the time work waited less for its turn.', () =>
    seconds(lag.percentile(50)),
  );
  gauge('nodejs_eventloop_lag_p99_seconds', 'In 99 of 100 moments work waited less for its turn.', () =>
    seconds(lag.percentile(99)),
  );
  // The last of the three to be read, so that the next scrape tells of the time since this one.
  gauge('nodejs_eventloop_lag_max_seconds', 'The longest that work waited for its turn since the last scrape.', () => {
    const longest = seconds(lag.max);
    lag.reset();
    return longest;
  });
  return {
    stop: async () => {
      lag.disable();
    },
  };
}
