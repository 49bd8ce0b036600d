export interface Figures {
  readonly perSecond: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

const WARM_UP_MS = 500;

/** Does `once` on every one of so many connections, over and over, and counts what was done after the warm-up. */
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

/** `constant` is for HTTP alone. */
export type Work = 'search' | 'slots' | 'book' | 'appoint' | 'webhook' | 'constant';

/** What a worker process is told to do. */
export interface Task {
  readonly work: Work;
  readonly connections: number;
  readonly durationMs: number;
  /** Of the database for the limit, of the server for ours. */
  readonly url: string;
}

export function readTask(): Task {
  return JSON.parse(process.argv[2] ?? '{}') as Task;
}
