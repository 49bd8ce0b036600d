import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MemoryAnswerCache } from '../../src/http/answer-cache.ts';

const aSlug = fc.constantFrom('harbour', 'palace');
const aStep = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ does: fc.constant('ask'), slug: aSlug, question: fc.constantFrom('a', 'b') }),
  },
  // Some read that is under way comes to its end, and not the one that began first.
  { weight: 3, arbitrary: fc.record({ does: fc.constantFrom('finish', 'fail'), place: fc.nat(5) }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constantFrom('write', 'tell'), slug: aSlug }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('breathe'), moments: fc.integer({ min: 1, max: 6 }) }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constantFrom('lose', 'hear', 'hear', 'hear') }) },
) satisfies fc.Arbitrary<Step>;

type Step =
  | { readonly does: 'ask'; readonly slug: string; readonly question: string }
  | { readonly does: 'finish' | 'fail'; readonly place: number }
  | { readonly does: 'write' | 'tell'; readonly slug: string }
  | { readonly does: 'breathe'; readonly moments: number }
  | { readonly does: 'lose' | 'hear' };

interface Asked {
  readonly asked: string;
  /** The last change of the property that this process could know of when it was asked. */
  readonly atLeast: number;
  readonly answer: Promise<string>;
}

/** A property is a number that each write raises; a read sees the number of the moment in which it begins. */
class World {
  readonly cache = new MemoryAnswerCache({ countCache: () => undefined });
  readonly asked: Asked[] = [];
  readonly #written = new Map<string, number>();
  readonly #told = new Map<string, number>();
  readonly #reading: { finish: () => void; fail: () => void }[] = [];
  #isHearing = false;

  take(step: Step): void {
    if (step.does === 'ask') this.#ask(step.slug, step.question);
    else if (step.does === 'write') this.#written.set(step.slug, this.#version(step.slug) + 1);
    else if (step.does === 'tell') this.#tell(step.slug);
    else if (step.does === 'lose' || step.does === 'hear') this.#setHearing(step.does === 'hear');
    else if (step.does === 'finish' || step.does === 'fail') {
      this.#reading.splice(step.place % Math.max(this.#reading.length, 1), 1)[0]?.[step.does]();
    }
  }

  finishAll(): void {
    for (const { finish } of this.#reading.splice(0)) finish();
  }

  #version(slug: string): number {
    return this.#written.get(slug) ?? 0;
  }

  #tell(slug: string): void {
    if (!this.#isHearing) return;
    this.#told.set(slug, this.#version(slug));
    this.cache.forget([slug]);
  }

  #setHearing(isHearing: boolean): void {
    this.#isHearing = isHearing;
    this.cache.setHearing(isHearing);
    for (const [slug, version] of this.#written) this.#told.set(slug, version);
  }

  #ask(slug: string, question: string): void {
    const asked = `${slug} ${question}`;
    const answer = this.cache.remember(slug, question, () => {
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      const text = `${asked} ${String(this.#version(slug))}`;
      const finish = () => {
        resolve(text);
      };
      const fail = () => {
        reject(new Error(`no database for ${asked}`));
      };
      this.#reading.push({ finish, fail });
      return promise;
    });
    const atLeast = this.#isHearing ? (this.#told.get(slug) ?? 0) : this.#version(slug);
    const said = answer.then(
      ({ text }) => text,
      (error: unknown) => (error as Error).message,
    );
    this.asked.push({ asked, atLeast, answer: said });
  }
}

test('an answer never predates a change that was told before it was asked for, in whatever order reads begin and end', async () => {
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
        const version = Number(said.slice(asked.length));
        expect(said).toBe(`${asked} ${String(version)}`);
        expect(version).toBeGreaterThanOrEqual(atLeast);
      }
    }),
    { numRuns: 1_000 },
  );
});

test('between two changes every question is read once, in whatever order reads begin and end', async () => {
  const someQuestions = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(fc.array(someQuestions, { maxLength: 6 }), fc.nat(8), async (chapters, moments) => {
      const cache = new MemoryAnswerCache({ countCache: () => undefined });
      cache.setHearing(true);
      let reads = 0;
      for (const questions of chapters) {
        cache.forget(['harbour']);
        const answers = questions.map(async (question, index) => {
          for (let moment = 0; moment < index % (moments + 1); moment += 1) await Promise.resolve();
          return cache.remember('harbour', question, async () => String((reads += 1)));
        });
        await Promise.all(answers);
      }
      expect(reads).toBe(chapters.reduce((sum, questions) => sum + new Set(questions).size, 0));
    }),
    { numRuns: 500 },
  );
});
