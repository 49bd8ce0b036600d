export interface Figures {
  readonly perSecond: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

const WARM_UP_MS = 500;

/** Repeats `once` on every connection in parallel and measures the calls after the warm-up. */
export async function measure(
  connections: number,
  durationMs: number,
  once: (connection: number) => Promise<void>,
): Promise<Figures> {
  const latencies: number[] = [];
  const begin = performance.now() + WARM_UP_MS;
  const end = begin + durationMs;
  await Promise.all(
    Array.from({ length: connections }, async (_, connection) => {
      for (let now = performance.now(); now < end;) {
        const start = now;
        await once(connection);
        now = performance.now();
        if (start >= begin) latencies.push(now - start);
      }
    }),
  );
  latencies.sort((a, b) => a - b);
  const at = (share: number) =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? Number.NaN;
  return { perSecond: (latencies.length / durationMs) * 1_000, p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

/** The kinds of work. `constant` measures HTTP without a database. */
export type Work = 'search' | 'slots' | 'book' | 'appoint' | 'webhook' | 'constant';

/** The task of a worker process. */
export interface Task {
  readonly work: Work;
  readonly connections: number;
  readonly durationMs: number;
  /** URL of the database for sql-worker, of the server for http-worker. */
  readonly url: string;
}

/** Reads the task from the command line. */
export function readTask(): Task {
  return JSON.parse(process.argv[2] ?? '{}') as Task;
}
