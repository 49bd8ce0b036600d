import type { AnnouncedEvent } from '../feed/property-change.ts';

/** A request with an Idempotency-Key, whose stored response may be replayed. */
export interface IdempotentRequest {
  /** Route and caller. Keys of different callers never collide. */
  readonly scope: string;
  readonly key: string;
  /** Hash of path and body. A reused key with a different hash is refused. */
  readonly requestHash: string;
  /** Address block of an anonymous caller, who has no credential to prove to be the first; null with a credential. */
  readonly network: string | null;
  /** Set when the response is a replay. */
  wasReplayed: boolean;
}

/** Facts about a request that use cases need. */
export interface RequestScope {
  readonly id: string;
  /** The caller's address block: see `addressBlock`. */
  readonly network: string;
  /** True: the transaction runs and is rolled back. */
  readonly isDryRun: boolean;
  readonly idempotency: IdempotentRequest | null;
  /** Collects the events that this request has written, for the response cache. */
  readonly announcements: AnnouncedEvent[];
}
