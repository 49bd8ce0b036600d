import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { AnswerCache, KeptAnswer } from '../domain/answer-cache.ts';
import type { Metrics } from '../domain/metrics.ts';

/** Some answers change by themselves, as holds run out and days begin: none is older than this. */
const LIFETIME_MS = 5_000;
const MAX_CHARACTERS = 32 * 1024 * 1024;
const MAX_PROPERTIES = 10_000;

/** What is known of a property since it last changed. */
interface Chapter {
  readonly number: number;
  readonly running: Map<string, Promise<KeptAnswer>>;
}

/**
 * Finished answers, in memory.
 *
 * A change of a property begins a new chapter of it. An answer belongs to the chapter in which its reading began, so one
 * that was read before a change and arrives after it is never found. While we do not hear of changes in other processes,
 * nothing is kept.
 */
export class MemoryAnswerCache implements AnswerCache {
  readonly #metrics: Pick<Metrics, 'countCache'>;
  readonly #chapters = new LRUCache<string, Chapter>({ max: MAX_PROPERTIES });
  readonly #answers = new LRUCache<string, KeptAnswer>({
    ttl: LIFETIME_MS,
    maxSize: MAX_CHARACTERS,
    sizeCalculation: ({ text }, question) => text.length + question.length,
  });
  #isHearing = false;
  #count = 0;

  constructor(metrics: Pick<Metrics, 'countCache'>) {
    this.#metrics = metrics;
  }

  /** Whether every change, in whatever process, is told by `forget`. */
  setHearing(isHearing: boolean): void {
    this.#isHearing = isHearing;
    this.#chapters.clear();
    this.#answers.clear();
  }

  forget(slugs: readonly string[]): void {
    for (const slug of slugs) this.#chapters.delete(slug);
  }

  async remember(slug: string, question: string, make: () => Promise<string>): Promise<KeptAnswer> {
    if (!this.#isHearing) return this.#make(make);
    const chapter = this.#chapterOf(slug);
    const key = `${String(chapter.number)} ${question}`;
    const known = this.#answers.get(key) ?? chapter.running.get(key);
    if (known !== undefined) {
      this.#metrics.countCache('hit');
      return known;
    }
    // Whoever asks the same meanwhile waits for this answer.
    const running = this.#read(chapter, key, make);
    chapter.running.set(key, running);
    return running;
  }

  /** Keeps the answer before it ends to be under way, so that nobody finds neither. */
  async #read(chapter: Chapter, key: string, make: () => Promise<string>): Promise<KeptAnswer> {
    // An answer is as old as its reading, however long that takes.
    const start = performance.now();
    try {
      const answer = await this.#make(make);
      this.#answers.set(key, answer, { start });
      return answer;
    } finally {
      chapter.running.delete(key);
    }
  }

  async #make(make: () => Promise<string>): Promise<KeptAnswer> {
    this.#metrics.countCache('miss');
    const text = await make();
    return { text, etag: `"${createHash('sha1').update(text).digest('base64url')}"` };
  }

  #chapterOf(slug: string): Chapter {
    const known = this.#chapters.get(slug);
    if (known !== undefined) return known;
    this.#count += 1;
    const chapter = { number: this.#count, running: new Map<string, Promise<KeptAnswer>>() };
    this.#chapters.set(slug, chapter);
    return chapter;
  }
}
