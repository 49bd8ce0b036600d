import type { Nights, PropertyChange } from '../feed/property-change.ts';

/** What is asked of a property. */
export interface Question {
  readonly slug: string;
  readonly text: string;
  /** The nights by which the answer may change; null when nobody's booking changes it. */
  readonly nights: Nights | null;
}

/** An answer as it leaves, and the tag by which a caller can ask whether theirs is still it. */
export interface KeptAnswer {
  readonly text: string;
  readonly etag: string;
}

/** Answers of public reads, kept for seconds and thrown away by every change that touches them. Bookings never ask it. */
export interface AnswerCache {
  /** The kept answer to this question, or a new one by `make`. Errors are not kept. */
  remember(question: Question, make: () => Promise<string>): Promise<KeptAnswer>;
  /** What is known of these properties may no longer be so, as far as the changes touch it; they are committed. */
  forget(changes: readonly PropertyChange[]): void;
}
