/** An answer as it leaves, and the tag by which a caller can ask whether theirs is still it. */
export interface KeptAnswer {
  readonly text: string;
  readonly etag: string;
}

/** Answers of public reads, kept for seconds and thrown away by every change of the property. Bookings never ask it. */
export interface AnswerCache {
  /** The kept answer to this question, or a new one by `make`. Errors are not kept. */
  remember(slug: string, question: string, make: () => Promise<string>): Promise<KeptAnswer>;
  /** What is known of these properties may no longer be so. */
  forget(slugs: readonly string[]): void;
}
