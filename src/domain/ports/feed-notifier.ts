/** Notifies readers when a property's feed has grown, whichever process numbered the events. */
export interface FeedNotifier {
  /** Resolves to true when the feed may have grown since the call; to false after `timeoutMs`, or when aborted. */
  grown(slug: string, timeoutMs: number, signal: AbortSignal): Promise<boolean>;
}
