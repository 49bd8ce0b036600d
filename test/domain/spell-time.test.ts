import fc from 'fast-check';
import { expect, test } from 'vitest';
import { spellInstant, spellTime } from '../../src/domain/time/spell-time.ts';

const anyTime = fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 });

test('an instant is spelled as Date spells it, whatever was spelled before', () => {
  fc.assert(
    fc.property(fc.array(anyTime, { minLength: 1, maxLength: 5 }), (times) => {
      for (const time of times) {
        const iso = new Date(time).toISOString();
        expect(spellInstant(time)).toBe(iso);
        expect(spellTime(time)).toBe(iso.slice(0, 19));
      }
    }),
    { numRuns: 3_000 },
  );
});

test.each([0, -1, 999, 1_000, 86_399_999, 86_400_000, -62_167_219_200_000, 253_402_300_799_999])(
  'the edge %i is spelled as Date spells it',
  (time) => {
    expect(spellInstant(time)).toBe(new Date(time).toISOString());
  },
);

test('a year that does not have four digits keeps all of them', () => {
  expect(spellTime(253_402_300_800_000)).toBe('+010000-01-01T00:00:00');
  expect(spellTime(-62_167_219_200_001)).toBe('-000001-12-31T23:59:59');
});

test('what is no time is refused as Date refuses it', () => {
  expect(() => spellInstant(Number.NaN)).toThrow(RangeError);
});
