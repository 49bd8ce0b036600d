import fc from 'fast-check';
import { expect, test } from 'vitest';
import { foldText } from '../../../src/domain/person/fold-text.ts';

test.each([
  ['Иван', 'иван'],
  ['Élodie', 'elodie'],
  ['ÇELİK', 'celik'],
  ['O’Brien', 'obrien'],
  ["O'Brien", 'obrien'],
  ['OʼBrien', 'obrien'],
  ['Sørensen', 'sorensen'],
  ['WAŁĘSA', 'walesa'],
  ['Strauß', 'strauss'],
  ['STRAUẞ', 'strauss'],
  ['Þórðardóttir', 'thordardottir'],
  ['Œuvrard', 'oeuvrard'],
  ['Đặng Văn', 'dangvan'],
  ['Άννα-Μαρία', 'ανναμαρια'],
  ['ΟΔΥΣΣΕΥΣ', 'οδυσσευσ'],
  ['οδυσσεύς', 'οδυσσευσ'],
  ['Йосип Ґудзь', 'иосипгудзь'],
  ['Smith-Jones', 'smithjones'],
  ['ﬁona', 'fiona'],
  ['Ｔａｎａｋａ', 'tanaka'],
  ['王', '王'],
  ['مُحَمَّد', 'محمد'],
  ['100%', '100'],
  ['  \u200f\u00a0', ''],
])('%s is searched as %s', (text, folded) => {
  expect(foldText(text)).toBe(folded);
});

test('composed and decomposed text are one, and folding again changes nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const folded = foldText(text.normalize('NFC'));
      expect(foldText(text.normalize('NFD'))).toBe(folded);
      expect(foldText(folded)).toBe(folded);
    }),
  );
});
