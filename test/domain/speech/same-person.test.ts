import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isSameName, isSamePhone } from '../../../src/domain/speech/same-person.ts';

test.each([
  ['+1 312 555 0100', '3125550100'],
  ['+1 (312) 555-0100', '001 312 555 0100'],
  ['+44 7911 123456', '07911 123456'],
  ['+353 1 555 0100', '01 555 0100'],
  ['12345', '12345'],
])('%s and %s reach the same telephone', (a, b) => {
  const isShort = b.replaceAll(/\D/g, '').replace(/^0+/, '').length < 9 && a !== b;
  expect(isSamePhone(a, b)).toBe(!isShort);
  expect(isSamePhone(b, a)).toBe(!isShort);
});

test.each([
  ['+1 312 555 0100', '+1 312 555 0101'],
  ['+1 312 555 0100', '555 0100'],
  ['+1 312 555 0100', '0100'],
  ['12345', '2345'],
  ['', ''],
  ['0', '00'],
  ['+1 312 555 0100', ''],
])('%s and %s do not', (a, b) => {
  expect(isSamePhone(a, b)).toBe(false);
  expect(isSamePhone(b, a)).toBe(false);
});

test('no ending that is short of a whole number passes for it', () => {
  const digits = fc.stringMatching(/^[1-9][0-9]{9,13}$/);
  fc.assert(
    fc.property(digits, fc.integer({ min: 1, max: 8 }), (phone, length) => {
      expect(isSamePhone(phone, phone.slice(-length))).toBe(false);
    }),
  );
});

test.each([
  ['Ortiz', 'ORTIZ '],
  ['O’Neil', 'oneil'],
  ['Müller', 'Muller'],
  ['Smith-Jones', 'smith jones'],
  ['Łukasz', 'łukasz'],
  ['王', '王'],
  ['Sørensen', 'Sorensen'],
  ['Wałęsa', 'walesa'],
  ['Strauß', 'Strauss'],
  ['Müller'.normalize('NFD'), 'MÜLLER'],
])('%s and %s are the same surname', (a, b) => {
  expect(isSameName(a, b)).toBe(true);
});

test.each([
  ['Ortiz', 'Orti'],
  ['Ortiz', ''],
  ['', ''],
  ['-', '.'],
  ['王', '李'],
])('%s and %s are not', (a, b) => {
  expect(isSameName(a, b)).toBe(false);
});
