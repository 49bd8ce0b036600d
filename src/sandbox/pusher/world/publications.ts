/** An event as it is to go out on one channel. */
export interface Publication {
  readonly channel: string;
  readonly name: string;
  /** As it came: text, usually JSON. */
  readonly data: string;
  /** The socket that is not to get it. */
  readonly socketId?: string;
}

export interface Published extends Publication {
  /** When it was accepted, as ISO 8601. */
  readonly at: string;
}

/** How many are remembered; a hotel's busy month, and what a test can look through. */
const MAX_REMEMBERED = 100_000;
/** How many more may pile up before the oldest are let go, so that not every publication copies the list. */
const SLACK = 10_000;

/** Every accepted publication in the order it was accepted: what the service itself never tells. */
export class Publications {
  #published: Published[] = [];

  add(publication: Publication): void {
    this.#published.push({ at: new Date().toISOString(), ...publication });
    if (this.#published.length >= MAX_REMEMBERED + SLACK) this.#published = this.#published.slice(-MAX_REMEMBERED);
  }

  /** Oldest first; of one channel when one is named. */
  list(channel: string | null = null): readonly Published[] {
    const remembered = this.#published.slice(-MAX_REMEMBERED);
    return channel === null ? remembered : remembered.filter((published) => published.channel === channel);
  }

  /** The last few, newest first. */
  latest(count: number): readonly Published[] {
    return this.#published.slice(-count).reverse();
  }

  clear(): void {
    this.#published = [];
  }
}
