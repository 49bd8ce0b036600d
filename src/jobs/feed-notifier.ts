import type { FeedNotifier } from '../domain/ports/feed-notifier.ts';

/** How often a waiting reader polls while notifications do not arrive. */
const POLL_MS = 500;

/** Wakes the readers of this process that wait for a property's feed. */
export class MemoryFeedNotifier implements FeedNotifier {
  readonly #waiting = new Map<string, Set<() => void>>();
  #isListening = false;

  /** Wakes every reader, because events committed while nothing was received are found only by reading. */
  setListening(isListening: boolean): void {
    this.#isListening = isListening;
    this.notify([...this.#waiting.keys()]);
  }

  notify(slugs: readonly string[]): void {
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
      const mustPoll = !this.#isListening && timeoutMs > POLL_MS;
      const timer = setTimeout(mustPoll ? wake : stop, mustPoll ? POLL_MS : timeoutMs);
      waiting.add(wake);
      signal.addEventListener('abort', stop);
      if (signal.aborted) stop();
    });
  }
}
