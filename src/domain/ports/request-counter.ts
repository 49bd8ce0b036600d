export interface RequestCount {
  /** How many there were in this window, the one just counted included. */
  readonly count: number;
  /** When the window ends and the count begins again. */
  readonly endsInMs: number;
}

/** Counts requests per limit and caller, in windows that begin with the first of them. */
export interface RequestCounter {
  /** Counts one more. Never throws and never waits long: without the store it shares, it counts by itself. */
  count(limit: string, caller: string, windowMs: number): Promise<RequestCount>;
}
