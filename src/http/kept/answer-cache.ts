import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { AnswerCache, KeptAnswer, Question } from '../../domain/ports/answer-cache.ts';
import type { Metrics } from '../../domain/ports/metrics.ts';
import { isTouched } from '../../domain/feed/property-change.ts';
import type { PropertyChange } from '../../domain/feed/property-change.ts';

/** Some answers change by themselves, as holds run out and days begin: none is older than this. */
const LIFETIME_MS = 5_000;
const MAX_CHARACTERS = 32 * 1024 * 1024;
/** More than are announced here until the feed has told of them. */
const MAX_OURS = 10_000;
/** What an answer takes beside its text. */
const OVERHEAD_CHARACTERS = 1_000;

/** An answer from the moment its reading begins. */
interface Entry {
  readonly question: Question;
  readonly since: number;
  readonly answer: Promise<KeptAnswer>;
}

/**
 * Answers, in memory: those that are finished and those that are being read.
 *
 * An answer can be found from the moment its reading begins, and until a change touches it. Nothing puts it back, so one
 * that was read before a change and arrives after it is never found. While we do not hear of changes in other processes,
 * nothing is kept.
 */
export class MemoryAnswerCache implements AnswerCache {
  readonly #metrics: Pick<Metrics, 'countCache'>;
  /** All that can be found, by property and text of the question. */
  readonly #entries = new Map<string, Map<string, Entry>>();
  /** Those among them that are finished: there is room for so many. */
  readonly #finished = new LRUCache<Entry, number>({
    maxSize: MAX_CHARACTERS,
    sizeCalculation: (characters) => characters,
    dispose: (_, entry) => {
      this.#hide(entry);
    },
  });
  /** Events whose changes have been made and forgotten here, by property. */
  readonly #ours = new LRUCache<string, true>({ max: MAX_OURS });
  #isHearing = false;

  constructor(metrics: Pick<Metrics, 'countCache'>) {
    this.#metrics = metrics;
  }

  /** Whether every change, in whatever process, is told by `forget`. */
  setHearing(isHearing: boolean): void {
    this.#isHearing = isHearing;
    this.#entries.clear();
    this.#finished.clear();
  }

  /**
   * Forgets what the feed says has changed, but not again what was changed here: an answer that has been read since then
   * shows it.
   */
  hear(changes: readonly PropertyChange[]): void {
    for (const change of changes) if (!this.#isOurs(change)) this.#forget(change);
  }

  forget(changes: readonly PropertyChange[]): void {
    for (const change of changes) {
      for (const id of change.events ?? []) this.#ours.set(`${change.slug} ${id}`, true);
      this.#forget(change);
    }
  }

  #isOurs({ slug, events = [] }: PropertyChange): boolean {
    return events.length > 0 && events.every((id) => this.#ours.has(`${slug} ${id}`));
  }

  #forget(change: PropertyChange): void {
    for (const entry of this.#entries.get(change.slug)?.values() ?? []) {
      if (isTouched(entry.question.nights, change) || isOld(entry)) this.#drop(entry);
    }
  }

  async remember(question: Question, make: () => Promise<string>): Promise<KeptAnswer> {
    if (!this.#isHearing) return this.#make(make);
    const known = this.#find(question);
    if (known === undefined) return this.#begin(question, make);
    this.#metrics.countCache('hit');
    return known.answer;
  }

  #find({ slug, text }: Question): Entry | undefined {
    const entry = this.#entries.get(slug)?.get(text);
    if (entry === undefined) return undefined;
    if (isOld(entry)) {
      this.#drop(entry);
      return undefined;
    }
    // What was asked for longest ago goes first when there is no room.
    this.#finished.get(entry);
    return entry;
  }

  /** Whoever asks the same meanwhile waits for this answer. */
  #begin(question: Question, make: () => Promise<string>): Promise<KeptAnswer> {
    // An answer is as old as its reading, however long that takes.
    const entry: Entry = { question, since: performance.now(), answer: this.#make(make) };
    const { slug, text } = question;
    const answers = this.#entries.get(slug) ?? new Map<string, Entry>();
    this.#entries.set(slug, answers.set(text, entry));
    void entry.answer.then(
      (answer) => {
        this.#finish(entry, answer.text.length + text.length + OVERHEAD_CHARACTERS);
      },
      () => {
        this.#drop(entry);
      },
    );
    return entry.answer;
  }

  #finish(entry: Entry, characters: number): void {
    const { slug, text } = entry.question;
    if (this.#entries.get(slug)?.get(text) !== entry) return;
    this.#finished.set(entry, characters);
    // One for which there is no room at all is not taken.
    if (!this.#finished.has(entry)) this.#drop(entry);
  }

  #drop(entry: Entry): void {
    this.#hide(entry);
    this.#finished.delete(entry);
  }

  #hide(entry: Entry): void {
    const { slug, text } = entry.question;
    const answers = this.#entries.get(slug);
    // Its place may be another's by now.
    if (answers?.get(text) !== entry) return;
    answers.delete(text);
    if (answers.size === 0) this.#entries.delete(slug);
  }

  async #make(make: () => Promise<string>): Promise<KeptAnswer> {
    this.#metrics.countCache('miss');
    const text = await make();
    return { text, etag: `"${createHash('sha1').update(text).digest('base64url')}"` };
  }
}

function isOld({ since }: Entry): boolean {
  return performance.now() - since > LIFETIME_MS;
}
