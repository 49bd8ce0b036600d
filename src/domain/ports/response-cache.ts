import type { Nights, PropertyChange } from '../feed/property-change.ts';

/** Identifies a public read: the property, and the route with its validated query. */
export interface RequestKey {
  readonly slug: string;
  readonly text: string;
  /** The nights by which the response may change; null when no booking changes it. */
  readonly nights: Nights | null;
}

/** A response as sent, with the ETag by which a caller revalidates its copy. */
export interface CachedResponse {
  readonly text: string;
  readonly etag: string;
}

/**
 * Caches responses of public reads for seconds; a change drops the entries it touches.
 *
 * Bookings never read from it.
 */
export interface ResponseCache {
  /** Returns the cached response, or loads it. Errors are not cached. */
  getOrLoad(key: RequestKey, load: () => Promise<string>): Promise<CachedResponse>;
  /** Drops the entries that these committed changes touch. */
  invalidate(changes: readonly PropertyChange[]): void;
}
