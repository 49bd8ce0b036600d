import { LRUCache } from 'lru-cache';
import type { RequestCounter } from '../../domain/ports/request-counter.ts';

/** Callers counted per limit; beyond, the least recent caller is evicted. */
const MAX_CALLERS = 10_000;

interface Window {
  readonly endsAt: number;
  count: number;
}

/** Counts requests in this process: the default, and the fallback when the shared counter is unreachable. */
export function countInProcess(): RequestCounter {
  // One cache per limit, so that a flood of invented tokens cannot evict the counts of failed logins.
  const limits = new Map<string, LRUCache<string, Window>>();
  return {
    count: async (limit, caller, windowMs, cost = 1) => {
      const windows = limits.get(limit) ?? new LRUCache<string, Window>({ max: MAX_CALLERS });
      limits.set(limit, windows);
      const now = performance.now();
      const known = windows.get(caller);
      const window = known !== undefined && known.endsAt > now ? known : { endsAt: now + windowMs, count: 0 };
      window.count += cost;
      windows.set(caller, window);
      return { count: window.count, endsInMs: window.endsAt - now };
    },
    uncount: async (limit, caller) => {
      const window = limits.get(limit)?.get(caller);
      if (window !== undefined && window.count > 0) window.count -= 1;
    },
  };
}
