import { monitorEventLoopDelay } from 'node:perf_hooks';
import process from 'node:process';
import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';

/** Sampling interval of the event loop's lag. */
const RESOLUTION_MS = 20;

/**
 * Measures event loop lag, CPU, memory and start time under the standard names of Node dashboards.
 *
 * Replaces prom-client's default metrics, whose observer of the garbage collector cannot be stopped.
 */
export function measureProcess(registry: Registry): { stop(): Promise<void> } {
  const registers = [registry];
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  gauge('process_start_time_seconds', 'Start time of the process, in seconds since the Unix epoch.', () =>
    Math.floor(performance.timeOrigin / 1_000),
  );
  gauge('process_resident_memory_bytes', 'Resident memory of the process.', () => process.memoryUsage.rss());
  gauge('nodejs_heap_size_used_bytes', 'Used heap memory of JavaScript objects.', () => process.memoryUsage().heapUsed);
  new Counter({
    name: 'process_cpu_seconds_total',
    help: 'CPU time of the process, user and system.',
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      this.reset();
      this.inc((user + system) / 1e6);
    },
  });

  const lag = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  lag.enable();
  // The monitor includes the sampling interval in every delay.
  const seconds = (nanoseconds: number) => Math.max(0, nanoseconds / 1e9 - RESOLUTION_MS / 1e3);
  gauge('nodejs_eventloop_lag_p50_seconds', 'Median lag of the event loop.', () => seconds(lag.percentile(50)));
  gauge('nodejs_eventloop_lag_p99_seconds', 'The 99th percentile of the event loop lag.', () =>
    seconds(lag.percentile(99)),
  );
  // Registered after the percentiles: the reset must follow all reads of a scrape.
  gauge('nodejs_eventloop_lag_max_seconds', 'Longest event loop lag since the last scrape.', () => {
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
