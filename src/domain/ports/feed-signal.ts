/** Says when a property's feed has grown, in whatever process that was. */
export interface FeedSignal {
  /** Resolves to true when the feed may have grown since the call; to false after `timeoutMs`, or when aborted. */
  grown(slug: string, timeoutMs: number, signal: AbortSignal): Promise<boolean>;
}
