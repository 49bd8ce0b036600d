import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatInstant, formatTime } from '../../../src/domain/time/format-time.ts';
import { cases } from '../../support/tier/trials.ts';

const anyTime = fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 });

test('an instant is spelled as Date spells it, whatever was spelled before', () => {
  fc.assert(
    fc.property(fc.array(anyTime, { minLength: 1, maxLength: 5 }), (times) => {
      for (const time of times) {
        const iso = new Date(time).toISOString();
        expect(formatInstant(time)).toBe(iso);
        expect(formatTime(time)).toBe(iso.slice(0, 19));
      }
    }),
    cases('time', 3_000),
  );
});

test.each([0, -1, 999, 1_000, 86_399_999, 86_400_000, -62_167_219_200_000, 253_402_300_799_999])(
  'the edge %i is spelled as Date spells it',
  (time) => {
    expect(formatInstant(time)).toBe(new Date(time).toISOString());
  },
);

test('a year that does not have four digits keeps all of them', () => {
  expect(formatTime(253_402_300_800_000)).toBe('+010000-01-01T00:00:00');
  expect(formatTime(-62_167_219_200_001)).toBe('-000001-12-31T23:59:59');
});

test('what is no time is refused as Date refuses it', () => {
  expect(() => formatInstant(Number.NaN)).toThrow(RangeError);
});
