import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addDays } from '../../../src/domain/time/calendar.ts';
import { isTouched } from '../../../src/domain/feed/property-change.ts';
import type { Nights, PropertyChange } from '../../../src/domain/feed/property-change.ts';
import { decodeChange, encodeChange } from '../../../src/domain/feed/encode-change.ts';
import { MemoryResponseCache } from '../../../src/http/response-cache/memory-response-cache.ts';
import { cases } from '../../support/tier/trials.ts';

/** The nights there are; few, so that many questions and changes meet. */
const CALENDAR = Array.from({ length: 8 }, (_, index) => addDays('2027-05-10', index));

const someNights: fc.Arbitrary<Nights> = fc
  .tuple(fc.nat(CALENDAR.length - 1), fc.integer({ min: 1, max: 4 }))
  .map(([first, length]) => ({ from: addDays('2027-05-10', first), to: addDays('2027-05-10', first + length) }));
const aSlug = fc.constantFrom('harbour', 'palace');
/** What is asked about these nights, or about no night at all. */
const aQuestion = fc.option(someNights, { freq: 4, nil: null });
const aChange: fc.Arbitrary<PropertyChange> = fc.record({
  slug: aSlug,
  touched: fc.oneof(
    { weight: 6, arbitrary: fc.array(someNights, { maxLength: 6 }) },
    { weight: 1, arbitrary: fc.constant('EVERYTHING' as const) },
  ),
});

const aStep = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ does: fc.constant('ask'), slug: aSlug, nights: aQuestion }),
  },
  // Some read that is under way comes to its end, and not the one that began first.
  { weight: 3, arbitrary: fc.record({ does: fc.constantFrom('finish', 'fail'), place: fc.nat(5) }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constantFrom('write', 'writeHere'), change: aChange }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('tell'), count: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('breathe'), moments: fc.integer({ min: 1, max: 6 }) }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constantFrom('lose', 'hear', 'hear', 'hear') }) },
) satisfies fc.Arbitrary<Step>;

type Step =
  | { readonly does: 'ask'; readonly slug: string; readonly nights: Nights | null }
  | { readonly does: 'finish' | 'fail'; readonly place: number }
  | { readonly does: 'write' | 'writeHere'; readonly change: PropertyChange }
  | { readonly does: 'tell'; readonly count: number }
  | { readonly does: 'breathe'; readonly moments: number }
  | { readonly does: 'lose' | 'hear' };

/** How often each thing that can be shown has changed: every night of every property, and what it is. */
class Versions {
  readonly #counts = new Map<string, number>();

  raise(change: PropertyChange): void {
    for (const name of namesIn(change)) this.#counts.set(name, this.#read(name) + 1);
  }

  /** What the change touches is known as it is by now. */
  learn(change: PropertyChange, from: Versions): void {
    for (const name of namesIn(change)) this.#counts.set(name, from.#read(name));
  }

  /** What an answer shows: a version of each of its nights, and of what the property is. */
  show(slug: string, shown: Nights | null): number[] {
    const nights = CALENDAR.filter((night) => shown !== null && isIn(night, [shown]));
    return [slug, ...nights.map((night) => `${slug} ${night}`)].map((name) => this.#read(name));
  }

  #read(name: string): number {
    return this.#counts.get(name) ?? 0;
  }
}

function namesIn({ slug, touched }: PropertyChange): string[] {
  if (touched === 'EVERYTHING') return [slug, ...CALENDAR.map((night) => `${slug} ${night}`)];
  return CALENDAR.filter((night) => isIn(night, touched)).map((night) => `${slug} ${night}`);
}

const isIn = (night: string, spans: readonly Nights[]) => spans.some(({ from, to }) => from <= night && night < to);

interface Asked {
  readonly asked: string;
  /** The last versions that this process could know of when it was asked. */
  readonly atLeast: readonly number[];
  readonly answer: Promise<string>;
}

/** All that has changed of one property, and what announces it. */
function merge(changes: readonly PropertyChange[]): PropertyChange {
  const nights = changes.flatMap(({ touched }) => (touched === 'EVERYTHING' ? [] : touched));
  const touched = changes.some((change) => change.touched === 'EVERYTHING') ? 'EVERYTHING' : nights;
  return { slug: changes[0]?.slug ?? '', touched, events: changes.flatMap(({ events = [] }) => events) };
}

/** Each write raises the versions of what it touches; a read sees those of the moment in which it begins. */
class World {
  readonly cache = new MemoryResponseCache({ countCache: () => undefined });
  readonly asked: Asked[] = [];
  readonly #written = new Versions();
  readonly #told = new Versions();
  /** Written, and not told yet. */
  #news: (PropertyChange & { readonly isHere: boolean })[] = [];
  #events = 0;
  readonly #reading: { finish: () => void; fail: () => void }[] = [];
  #isListening = false;

  take(step: Step): void {
    if (step.does === 'ask') this.#ask(step.slug, step.nights);
    else if (step.does === 'write' || step.does === 'writeHere') this.#write(step.change, step.does === 'writeHere');
    else if (step.does === 'tell') this.#tell(step.count);
    else if (step.does === 'lose' || step.does === 'hear') this.#setListening(step.does === 'hear');
    else if (step.does === 'finish' || step.does === 'fail') {
      this.#reading.splice(step.place % Math.max(this.#reading.length, 1), 1)[0]?.[step.does]();
    }
  }

  finishAll(): void {
    for (const { finish } of this.#reading.splice(0)) finish();
  }

  /** Another process leaves it to the feed; this one forgets at once as well. */
  #write(change: PropertyChange, isHere: boolean): void {
    const announced = { ...change, events: [String((this.#events += 1))], isHere };
    this.#written.raise(change);
    this.#news.push(announced);
    if (!isHere) return;
    this.#told.learn(change, this.#written);
    this.cache.invalidate([announced]);
  }

  /** As the feed tells: in a word for each property, and what happened while nobody heard is never told. */
  #tell(count: number): void {
    for (const news of Map.groupBy(this.#news.splice(0, count), ({ slug }) => slug).values()) {
      const change = merge(news);
      if (news.some(({ isHere }) => !isHere)) this.#told.learn(change, this.#written);
      if (this.#isListening) this.cache.receive([decodeChange(encodeChange(change))]);
    }
  }

  #setListening(isListening: boolean): void {
    this.#isListening = isListening;
    this.cache.setListening(isListening);
    for (const change of this.#news) this.#told.learn(change, this.#written);
    this.#news = [];
  }

  #ask(slug: string, nights: Nights | null): void {
    const asked = JSON.stringify([slug, nights]);
    const answer = this.cache.getOrLoad({ slug, text: asked, nights }, () => {
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      const text = JSON.stringify([asked, this.#written.show(slug, nights)]);
      const finish = () => {
        resolve(text);
      };
      const fail = () => {
        reject(new Error(`no database for ${asked}`));
      };
      this.#reading.push({ finish, fail });
      return promise;
    });
    const atLeast = (this.#isListening ? this.#told : this.#written).show(slug, nights);
    const said = answer.then(
      ({ text }) => text,
      (error: unknown) => (error as Error).message,
    );
    this.asked.push({ asked, atLeast, answer: said });
  }
}

test('an answer never predates a change that touches it and was told before it was asked for, in whatever order reads begin and end', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(aStep, { minLength: 20, maxLength: 80, size: 'max' }), async (steps) => {
      const world = new World();
      world.take({ does: 'hear' });
      for (const step of steps) {
        if (step.does !== 'breathe') world.take(step);
        else for (let moment = 0; moment < step.moments; moment += 1) await Promise.resolve();
      }
      world.finishAll();
      for (const { asked, atLeast, answer } of world.asked) {
        const said = await answer;
        if (said === `no database for ${asked}`) continue;
        const [to, versions] = JSON.parse(said) as [string, number[]];
        expect(to).toBe(asked);
        for (const [index, version] of versions.entries())
          expect(version).toBeGreaterThanOrEqual(atLeast[index] ?? NaN);
      }
    }),
    cases('cache', 2_000),
  );
});

test('what was changed here is forgotten once: not again when the feed tells of it, unless others have a part in it', async () => {
  const cache = new MemoryResponseCache({ countCache: () => undefined });
  cache.setListening(true);
  let reads = 0;
  const ask = async () => {
    const before = reads;
    await cache.getOrLoad({ slug: 'harbour', text: 'when?', nights: null }, async () => String((reads += 1)));
    return reads > before;
  };
  const change = (...events: string[]) => ({ slug: 'harbour', touched: 'EVERYTHING' as const, events });
  expect(await ask()).toBe(true);
  cache.invalidate([change('1', '2')]);
  expect(await ask()).toBe(true);
  for (const told of [change('1'), change('2'), change('2', '1')]) {
    cache.receive([decodeChange(encodeChange(told))]);
    expect(await ask()).toBe(false);
  }
  for (const told of [change('2', '3'), change('3'), change(), { ...change('1'), slug: 'palace' }]) {
    cache.receive([decodeChange(encodeChange(told))]);
    expect(await ask()).toBe(told.slug === 'harbour');
  }
});

test('a question is read again only when something that it shows has changed, in whatever order reads begin and end', async () => {
  const aRound = fc.record({ change: aChange, questions: fc.array(aQuestion, { minLength: 1, maxLength: 20 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(aRound, { maxLength: 8 }), fc.nat(8), async (rounds, moments) => {
      const cache = new MemoryResponseCache({ countCache: () => undefined });
      cache.setListening(true);
      const read: string[] = [];
      const known = new Map<string, Nights | null>();
      const due: string[] = [];
      for (const { change, questions } of rounds) {
        cache.invalidate([change]);
        for (const [text, nights] of known) {
          if (change.slug === 'harbour' && isTouched(nights, change)) known.delete(text);
        }
        const answers = questions.map(async (nights, index) => {
          const text = JSON.stringify(nights);
          if (!known.has(text)) due.push(text);
          known.set(text, nights);
          for (let moment = 0; moment < index % (moments + 1); moment += 1) await Promise.resolve();
          return cache.getOrLoad({ slug: 'harbour', text, nights }, async () => String(read.push(text)));
        });
        await Promise.all(answers);
      }
      expect(read.toSorted()).toEqual(due.toSorted());
    }),
    cases('cache', 500),
  );
});
