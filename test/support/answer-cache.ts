import type { KeptAnswer } from '../../src/domain/ports/answer-cache.ts';
import type { Nights, PropertyChange } from '../../src/domain/feed/property-change.ts';
import { MemoryAnswerCache } from '../../src/http/kept/answer-cache.ts';

interface Read {
  finish(text: string): void;
  fail(error: Error): void;
}

/** What is asked about, unless said otherwise. */
export const MAY = { from: '2027-05-01', to: '2027-06-01' };
/** Everything of these properties has changed. */
export const all = (...slugs: string[]): PropertyChange[] => slugs.map((slug) => ({ slug, touched: 'EVERYTHING' }));

/** A cache, what it counted, and every read that it began. */
export function openCache({ isHearing = true } = {}) {
  const counted = { hit: 0, miss: 0 };
  const cache = new MemoryAnswerCache({
    countCache: (result) => {
      counted[result] += 1;
    },
  });
  if (isHearing) cache.setHearing(true);
  const reads: Read[] = [];
  const ask = (slug: string, text = 'what is free?', nights: Nights | null = MAY): Promise<KeptAnswer> =>
    cache.remember({ slug, text, nights }, () => {
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
