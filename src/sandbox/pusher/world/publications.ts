/** An event for one channel. */
export interface Publication {
  readonly channel: string;
  readonly name: string;
  /** The unchanged text of the request, usually JSON. */
  readonly data: string;
  /** The socket to exclude, usually the sender. */
  readonly socketId?: string;
}

export interface Published extends Publication {
  /** Time of acceptance, ISO 8601. */
  readonly at: string;
}

/** Number of publications in memory: a busy month of a hotel. */
const MAX_STORED = 100_000;
/** Overflow before the oldest publications are removed, so that not every publication copies the list. */
const SLACK = 10_000;

/** The accepted publications, in order of acceptance. Pusher itself has no such history. */
export class Publications {
  #published: Published[] = [];

  add(publication: Publication): void {
    this.#published.push({ at: new Date().toISOString(), ...publication });
    if (this.#published.length >= MAX_STORED + SLACK) this.#published = this.#published.slice(-MAX_STORED);
  }

  /** Lists publications, oldest first; of a single channel when `channel` is set. */
  list(channel: string | null = null): readonly Published[] {
    const stored = this.#published.slice(-MAX_STORED);
    return channel === null ? stored : stored.filter((published) => published.channel === channel);
  }

  /** Lists the newest publications, newest first. */
  latest(count: number): readonly Published[] {
    return this.#published.slice(-count).reverse();
  }

  clear(): void {
    this.#published = [];
  }
}
