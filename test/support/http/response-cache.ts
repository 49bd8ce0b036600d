import type { CachedResponse } from '../../../src/domain/ports/response-cache.ts';
import type { Nights, PropertyChange } from '../../../src/domain/feed/property-change.ts';
import { MemoryResponseCache } from '../../../src/http/response-cache/memory-response-cache.ts';

interface Read {
  finish(text: string): void;
  fail(error: Error): void;
}

/** What is asked about, unless said otherwise. */
export const MAY = { from: '2027-05-01', to: '2027-06-01' };
/** Everything of these properties has changed. */
export const all = (...slugs: string[]): PropertyChange[] => slugs.map((slug) => ({ slug, touched: 'EVERYTHING' }));

/** A cache, what it counted, and every read that it began. */
export function openCache({ isListening = true } = {}) {
  const counted = { hit: 0, miss: 0 };
  const cache = new MemoryResponseCache({
    countCache: (result) => {
      counted[result] += 1;
    },
  });
  if (isListening) cache.setListening(true);
  const reads: Read[] = [];
  const ask = (slug: string, text = 'what is free?', nights: Nights | null = MAY): Promise<CachedResponse> =>
    cache.getOrLoad({ slug, text, nights }, () => {
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      reads.push({ finish: resolve, fail: reject });
      return promise;
    });
  /** Asks for what is there: an answer that has to be read says so. */
  const look = async (slug: string, text?: string, nights?: Nights | null): Promise<string> => {
    const answer = ask(slug, text, nights);
    const begun = reads.length;
    reads.at(-1)?.finish(`read ${String(begun)}`);
    return (await answer).text;
  };
  return { cache, counted, reads, ask, look };
}
