/** A request that may be answered from memory, because it came with an Idempotency-Key. */
export interface IdempotentRequest {
  /** Route and caller: the same key of somebody else is another key. */
  readonly scope: string;
  readonly key: string;
  /** Hash of path and body: the same key with another one is a mistake. */
  readonly requestHash: string;
  /** Set when the answer is the first one again. */
  wasReplayed: boolean;
}

/** What the work at hand knows of the request it serves. Jobs have the empty one. */
export interface RequestScope {
  readonly id: string | null;
  /** Do everything, then roll it back. */
  readonly isDryRun: boolean;
  readonly idempotency: IdempotentRequest | null;
}

export const NO_REQUEST: RequestScope = { id: null, isDryRun: false, idempotency: null };
