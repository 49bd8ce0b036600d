import { afterEach, expect, test, vi } from 'vitest';
import { all, openCache } from '../../support/http/response-cache.ts';

/** Stops the clock by which the cache tells ages. Answers what moves it on. */
function holdClock(): (ms: number) => void {
  let now = 1_000;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  return (ms) => {
    now += ms;
  };
}

afterEach(() => {
  vi.restoreAllMocks();
});

test('what was answered once is answered again, with the same tag', async () => {
  const { ask, reads, counted } = openCache();
  const first = ask('harbour');
  reads[0]?.finish('two rooms');
  expect(await first).toEqual({ text: 'two rooms', etag: expect.stringMatching(/^"[\w-]{27}"$/) });
  expect(await ask('harbour')).toEqual(await first);
  expect(counted).toEqual({ hit: 1, miss: 1 });
});

test('the tag is the answer’s: another answer has another one, the same answer read again has the same', async () => {
  const { cache } = openCache();
  const tagOf = async (slug: string, text: string) =>
    (await cache.getOrLoad({ slug, text: 'q', nights: null }, async () => text)).etag;
  expect(await tagOf('one', 'two rooms')).toBe(await tagOf('two', 'two rooms'));
  expect(await tagOf('three', 'one room')).not.toBe(await tagOf('four', 'two rooms'));
});

test('other questions and other properties have answers of their own', async () => {
  const { look, counted } = openCache();
  expect(await look('harbour', 'a')).toBe('read 1');
  expect(await look('harbour', 'b')).toBe('read 2');
  expect(await look('palace', 'a')).toBe('read 3');
  expect([await look('harbour', 'a'), await look('harbour', 'b'), await look('palace', 'a')]).toEqual([
    ...['read 1', 'read 2', 'read 3'],
  ]);
  expect(counted).toEqual({ hit: 3, miss: 3 });
});

test('no spelling of slug and question makes two of them one', async () => {
  const { look } = openCache();
  const pairs = [
    ['a', '1 b'],
    ['a 1', 'b'],
    ['1', 'a b'],
    ['2', ' b'],
    ['', 'a'],
    ['__proto__', 'a'],
    ['a', ''],
  ] as const;
  const texts = [];
  for (const [slug, question] of pairs) texts.push(await look(slug, question));
  expect(new Set(texts).size).toBe(pairs.length);
});

test('of many who ask the same at once one reads, and all are answered', async () => {
  const { ask, reads, counted } = openCache();
  const answers = Promise.all(Array.from({ length: 50 }, () => ask('harbour')));
  reads[0]?.finish('two rooms');
  expect((await answers).map(({ text }) => text)).toEqual(Array.from({ length: 50 }, () => 'two rooms'));
  expect({ reads: reads.length, ...counted }).toEqual({ reads: 1, hit: 49, miss: 1 });
});

test('who asks in the very moment in which the answer arrives reads nothing again', async () => {
  for (let moments = 0; moments < 12; moments += 1) {
    const { ask, reads } = openCache();
    const first = ask('harbour');
    reads[0]?.finish('two rooms');
    for (let moment = 0; moment < moments; moment += 1) await Promise.resolve();
    const second = ask('harbour');
    reads[1]?.finish('read again');
    expect([(await first).text, (await second).text], `${String(moments)} later`).toEqual(['two rooms', 'two rooms']);
  }
});

test('who asks after a change does not wait for what was read before it, and what arrives late is not kept', async () => {
  const { cache, ask, look, reads } = openCache();
  const before = ask('harbour');
  cache.invalidate(all('harbour'));
  const after = ask('harbour');
  reads[1]?.finish('one room');
  expect((await after).text).toBe('one room');
  reads[0]?.finish('two rooms');
  expect((await before).text).toBe('two rooms');
  expect(await look('harbour')).toBe('one room');
});

test('an answer that was being read while something changed is not kept, though nobody asked meanwhile', async () => {
  const { cache, ask, look, reads } = openCache();
  const before = ask('harbour');
  cache.invalidate(all('harbour'));
  reads[0]?.finish('two rooms');
  await before;
  expect(await look('harbour')).toBe('read 2');
});

test('forgetting a property leaves the others, and those that are not known do not matter', async () => {
  const { cache, look } = openCache();
  for (const slug of ['harbour', 'palace', 'inn']) await look(slug);
  cache.invalidate(all('nowhere', 'harbour', 'inn', ''));
  cache.invalidate([]);
  expect([await look('palace'), await look('harbour'), await look('inn')]).toEqual(['read 2', 'read 4', 'read 5']);
});

test('an error reaches those who waited for it, and nobody else', async () => {
  const { ask, look, reads, counted } = openCache();
  const waiting = Promise.allSettled([ask('harbour'), ask('harbour'), ask('harbour')]);
  const error = new Error('no database');
  reads[0]?.fail(error);
  expect(await waiting).toEqual(Array.from({ length: 3 }, () => ({ status: 'rejected', reason: error })));
  expect(await look('harbour')).toBe('read 2');
  expect({ reads: reads.length, ...counted }).toEqual({ reads: 2, hit: 2, miss: 2 });
});

test('an error that comes after a change does not end the read that began after it', async () => {
  const { cache, ask, reads } = openCache();
  const before = ask('harbour');
  cache.invalidate(all('harbour'));
  const after = [ask('harbour'), ask('harbour')];
  reads[0]?.fail(new Error('no database'));
  await expect(before).rejects.toThrow('no database');
  const late = ask('harbour');
  reads[1]?.finish('one room');
  for (const answer of [...after, late]) expect((await answer).text).toBe('one room');
  expect(reads).toHaveLength(2);
});

test('while it does not hear of changes, every question is read by itself', async () => {
  const { ask, look, reads, counted } = openCache({ isListening: false });
  const both = Promise.all([ask('harbour'), ask('harbour')]);
  reads[0]?.finish('first');
  reads[1]?.finish('second');
  expect((await both).map(({ text }) => text)).toEqual(['first', 'second']);
  expect(await look('harbour')).toBe('read 3');
  expect(counted).toEqual({ hit: 0, miss: 3 });
});

test('what was kept before it heard nothing is not found when it hears again', async () => {
  const { cache, look } = openCache();
  await look('harbour');
  cache.setListening(false);
  cache.setListening(true);
  expect([await look('harbour'), await look('harbour')]).toEqual(['read 2', 'read 2']);
});

test('what was being read when it began to hear nothing is not found when it hears again', async () => {
  const { cache, ask, look, reads } = openCache();
  const before = ask('harbour');
  cache.setListening(false);
  cache.setListening(true);
  reads[0]?.finish('two rooms');
  expect((await before).text).toBe('two rooms');
  expect([await look('harbour'), await look('harbour')]).toEqual(['read 2', 'read 2']);
});

test('what was being read while it heard nothing is not found when it hears again', async () => {
  const { cache, ask, look, reads } = openCache({ isListening: false });
  const deaf = ask('harbour');
  cache.setListening(true);
  reads[0]?.finish('two rooms');
  await deaf;
  expect(await look('harbour')).toBe('read 2');
});

test('no answer is given that began to be read more than five seconds ago, however often it is asked for', async () => {
  const travel = holdClock();
  const { look, ask, reads } = openCache();
  expect(await look('harbour')).toBe('read 1');
  for (let second = 1; second <= 4; second += 1) {
    travel(1_000);
    expect(await look('harbour')).toBe('read 1');
  }
  travel(1_001);
  const slow = ask('harbour');
  travel(3_000);
  reads[1]?.finish('read slowly');
  expect((await slow).text).toBe('read slowly');
  travel(1_900);
  expect(await look('harbour')).toBe('read slowly');
  travel(200);
  expect(await look('harbour')).toBe('read 3');
});

test('who asks what has been read for more than five seconds does not wait for it, and it is not kept', async () => {
  const travel = holdClock();
  const { ask, look, reads } = openCache();
  const slow = ask('harbour');
  travel(5_001);
  const fresh = ask('harbour');
  reads[1]?.finish('fresh');
  expect((await fresh).text).toBe('fresh');
  reads[0]?.finish('slow');
  expect((await slow).text).toBe('slow');
  expect(await look('harbour')).toBe('fresh');
});

test('of all it ever answered it keeps the latest 32 MiB of text', async () => {
  const { cache, counted } = openCache();
  const text = 'x'.repeat(1_000_000);
  const ask = (question: number) =>
    cache.getOrLoad({ slug: 'harbour', text: String(question), nights: null }, async () => text);
  for (let question = 0; question < 100; question += 1) await ask(question);
  for (let question = 99; question >= 0; question -= 1) await ask(question);
  expect(counted).toEqual({ hit: 33, miss: 167 });
});

test('an answer too large to be kept is given all the same, and costs no other its place', async () => {
  const { cache, look, counted } = openCache();
  await look('harbour');
  const text = 'x'.repeat(32 * 1024 * 1024 + 1);
  expect((await cache.getOrLoad({ slug: 'harbour', text: 'all of it', nights: null }, async () => text)).text).toBe(
    text,
  );
  expect(await look('harbour')).toBe('read 1');
  expect(counted).toEqual({ hit: 1, miss: 2 });
});

test('many small answers take their room too', async () => {
  const { look } = openCache();
  await look('harbour');
  for (let index = 0; index < 40_000; index += 1) await look(`inn-${String(index)}`);
  expect(await look('inn-39999')).toBe('read 40001');
  expect(await look('harbour')).toBe('read 40002');
});

test('what is asked for stays when there is no room for all', async () => {
  const { look } = openCache();
  await look('harbour');
  for (let index = 0; index < 80_000; index += 1) {
    await look(`inn-${String(index)}`);
    if (index % 10_000 === 0) expect(await look('harbour')).toBe('read 1');
  }
});
