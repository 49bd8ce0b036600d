import type { FeedSignal } from '../domain/ports/feed-signal.ts';

/** While nobody tells us that a feed has grown, we look this often. */
const LOOK_EVERY_MS = 500;

/** Wakes those who wait for a property's feed. */
export class FeedBell implements FeedSignal {
  readonly #waiting = new Map<string, Set<() => void>>();
  #isHearing = false;

  /** What happened while we did not hear is found by looking, so whoever waits is woken to look. */
  setHearing(isHearing: boolean): void {
    this.#isHearing = isHearing;
    this.ring([...this.#waiting.keys()]);
  }

  ring(slugs: readonly string[]): void {
    for (const slug of slugs) for (const wake of this.#waiting.get(slug) ?? []) wake();
  }

  async grown(slug: string, timeoutMs: number, signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(slug) ?? new Set();
      this.#waiting.set(slug, waiting);
      const end = (hasGrown: boolean) => {
        clearTimeout(timer);
        signal.removeEventListener('abort', stop);
        waiting.delete(wake);
        if (waiting.size === 0 && this.#waiting.get(slug) === waiting) this.#waiting.delete(slug);
        resolve(hasGrown);
      };
      const wake = () => {
        end(true);
      };
      const stop = () => {
        end(false);
      };
      const mustLook = !this.#isHearing && timeoutMs > LOOK_EVERY_MS;
      const timer = setTimeout(mustLook ? wake : stop, mustLook ? LOOK_EVERY_MS : timeoutMs);
      waiting.add(wake);
      signal.addEventListener('abort', stop);
      if (signal.aborted) stop();
    });
  }
}
