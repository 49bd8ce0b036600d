import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { CachedResponse, RequestKey, ResponseCache } from '../../domain/ports/response-cache.ts';
import type { Metrics } from '../../domain/ports/metrics.ts';
import { isTouched } from '../../domain/feed/property-change.ts';
import type { PropertyChange } from '../../domain/feed/property-change.ts';

/** No entry is older: some responses change by themselves, as holds lapse and days begin. */
const LIFETIME_MS = 5_000;
const MAX_CHARACTERS = 32 * 1024 * 1024;
/** More than this process announces before the feed has notified it of them. */
const MAX_OWN_EVENTS = 10_000;
/** Memory that an entry takes beside its text. */
const OVERHEAD_CHARACTERS = 1_000;

/** A response from the moment its loading begins. */
interface Entry {
  readonly key: RequestKey;
  readonly since: number;
  readonly response: Promise<CachedResponse>;
}

/**
 * Caches responses in memory: those that are finished, and those that are being loaded.
 *
 * An entry is found from the moment its loading begins until a change touches it. Nothing puts it back, so a response
 * that was read before a change and arrives after it is never found. Nothing is cached while this process does not listen
 * for the changes of other processes.
 */
export class MemoryResponseCache implements ResponseCache {
  readonly #metrics: Pick<Metrics, 'countCache'>;
  /** Every entry that can be found, by property and text of its key. */
  readonly #entries = new Map<string, Map<string, Entry>>();
  /** The finished ones among them, within the memory allowed. */
  readonly #finished = new LRUCache<Entry, number>({
    maxSize: MAX_CHARACTERS,
    sizeCalculation: (characters) => characters,
    dispose: (_, entry) => {
      this.#hide(entry);
    },
  });
  /** Events of changes that were committed and invalidated here, by property. */
  readonly #ownEvents = new LRUCache<string, true>({ max: MAX_OWN_EVENTS });
  #isListening = false;

  constructor(metrics: Pick<Metrics, 'countCache'>) {
    this.#metrics = metrics;
  }

  /** Clears the cache, and says whether every change of every process arrives from now on. */
  setListening(isListening: boolean): void {
    this.#isListening = isListening;
    this.#entries.clear();
    this.#finished.clear();
  }

  /**
   * Drops the entries touched by changes that the feed has notified.
   *
   * Changes of this process are skipped: an entry that was loaded since then shows them.
   */
  receive(changes: readonly PropertyChange[]): void {
    for (const change of changes) if (!this.#isOwn(change)) this.#invalidate(change);
  }

  invalidate(changes: readonly PropertyChange[]): void {
    for (const change of changes) {
      for (const id of change.events ?? []) this.#ownEvents.set(`${change.slug} ${id}`, true);
      this.#invalidate(change);
    }
  }

  #isOwn({ slug, events = [] }: PropertyChange): boolean {
    return events.length > 0 && events.every((id) => this.#ownEvents.has(`${slug} ${id}`));
  }

  #invalidate(change: PropertyChange): void {
    for (const entry of this.#entries.get(change.slug)?.values() ?? []) {
      if (isTouched(entry.key.nights, change) || isOld(entry)) this.#drop(entry);
    }
  }

  async getOrLoad(key: RequestKey, load: () => Promise<string>): Promise<CachedResponse> {
    if (!this.#isListening) return this.#load(load);
    const known = this.#find(key);
    if (known === undefined) return this.#begin(key, load);
    this.#metrics.countCache('hit');
    return known.response;
  }

  #find({ slug, text }: RequestKey): Entry | undefined {
    const entry = this.#entries.get(slug)?.get(text);
    if (entry === undefined) return undefined;
    if (isOld(entry)) {
      this.#drop(entry);
      return undefined;
    }
    // Reading marks it as used: the least recently used goes first when there is no room.
    this.#finished.get(entry);
    return entry;
  }

  /** Loads a response once; requests with an equal key share it meanwhile. */
  #begin(key: RequestKey, load: () => Promise<string>): Promise<CachedResponse> {
    // An entry is as old as its reading, however long that takes.
    const entry: Entry = { key, since: performance.now(), response: this.#load(load) };
    const { slug, text } = key;
    const entries = this.#entries.get(slug) ?? new Map<string, Entry>();
    this.#entries.set(slug, entries.set(text, entry));
    void entry.response.then(
      (response) => {
        this.#finish(entry, response.text.length + text.length + OVERHEAD_CHARACTERS);
      },
      () => {
        this.#drop(entry);
      },
    );
    return entry.response;
  }

  #finish(entry: Entry, characters: number): void {
    const { slug, text } = entry.key;
    if (this.#entries.get(slug)?.get(text) !== entry) return;
    this.#finished.set(entry, characters);
    // The LRU does not take an entry that is larger than all its room.
    if (!this.#finished.has(entry)) this.#drop(entry);
  }

  #drop(entry: Entry): void {
    this.#hide(entry);
    this.#finished.delete(entry);
  }

  #hide(entry: Entry): void {
    const { slug, text } = entry.key;
    const entries = this.#entries.get(slug);
    // Another entry may have its key by now.
    if (entries?.get(text) !== entry) return;
    entries.delete(text);
    if (entries.size === 0) this.#entries.delete(slug);
  }

  async #load(load: () => Promise<string>): Promise<CachedResponse> {
    this.#metrics.countCache('miss');
    const text = await load();
    return { text, etag: `"${createHash('sha1').update(text).digest('base64url')}"` };
  }
}

function isOld({ since }: Entry): boolean {
  return performance.now() - since > LIFETIME_MS;
}
