export interface RequestCount {
  /** Requests in this window, including the current request. */
  readonly count: number;
  /** Time until the window ends and the count restarts. */
  readonly endsInMs: number;
}

/** Counts requests per limit and caller, in fixed windows that begin with the first request. */
export interface RequestCounter {
  /**
   * Counts a request, as so many where it costs more than one. Never throws or blocks for long: without the shared store,
   * each process counts alone.
   */
  count(limit: string, caller: string, windowMs: number, cost?: number): Promise<RequestCount>;
  /** Takes one count back, unless its window has ended. Never throws. */
  uncount(limit: string, caller: string): Promise<void>;
}
