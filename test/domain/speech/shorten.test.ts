import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shorten } from '../../../src/domain/speech/shorten.ts';

const measure = (answer: unknown) => JSON.stringify(answer).length;

test('an answer that fits is left as it is', () => {
  const answer = { say: 'Hello.', data: { items: [1, 2, 3] } };
  expect(shorten(answer, 100, measure)).toBe(answer);
});

test('the longest list is cut, the others stay, and it is said', () => {
  const answer = { say: 'Hello.', data: { few: [1, 2, 3], many: Array.from({ length: 500 }, (_, index) => index) } };
  const short = shorten(answer, 1_000, measure);
  expect(short.data.few).toEqual([1, 2, 3]);
  expect(short.data.many.length).toBeGreaterThan(100);
  expect(short.data).toHaveProperty('note');
  expect(answer.data.many).toHaveLength(500);
});

test('what is long without any list loses its data, and keeps its sentence', () => {
  expect(shorten({ say: 'Hello.', data: { text: 'x'.repeat(5_000) } }, 1_000, measure)).toEqual({
    say: 'Hello.',
    data: { note: expect.any(String) },
  });
});

test('whatever the data, the answer fits', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.integer({ min: 300, max: 2_000 }), (data, max) => {
      const answer = { say: 'Hello.', data };
      expect(measure(shorten(answer, max, measure))).toBeLessThanOrEqual(Math.max(max, 0));
    }),
  );
});
