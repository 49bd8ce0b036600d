import { LRUCache } from 'lru-cache';
import type { RequestCounter } from '../../domain/ports/request-counter.ts';

/** Callers remembered per limit; past it, whoever has not called for longest is forgotten. */
const MAX_CALLERS = 10_000;

interface Window {
  readonly endsAt: number;
  count: number;
}

/** Counts in the memory of this process: all there is to it, or what is left when what is shared can't be reached. */
export function countInProcess(): RequestCounter {
  // One memory per limit, so that a flood of made-up tokens does not make us forget who failed to log in.
  const limits = new Map<string, LRUCache<string, Window>>();
  return {
    count: async (limit, caller, windowMs) => {
      const windows = limits.get(limit) ?? new LRUCache<string, Window>({ max: MAX_CALLERS });
      limits.set(limit, windows);
      const now = performance.now();
      const known = windows.get(caller);
      const window = known !== undefined && known.endsAt > now ? known : { endsAt: now + windowMs, count: 0 };
      window.count += 1;
      windows.set(caller, window);
      return { count: window.count, endsInMs: window.endsAt - now };
    },
  };
}
