/** Letters with a case, which is folded: Latin, Greek, Cyrillic and Armenian. */
const CASED = /[\u0041-\u058f]/g;

/** Letters that Unicode does not decompose, and the letters people type instead. */
const BASE_LETTERS: Readonly<Record<string, string>> = {
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ł: 'l',
  ħ: 'h',
  ı: 'i',
  ĸ: 'k',
  ŋ: 'n',
  ŧ: 't',
  ƀ: 'b',
  ə: 'e',
  ɨ: 'i',
  ς: 'σ',
  ґ: 'г',
  æ: 'ae',
  œ: 'oe',
  þ: 'th',
  ß: 'ss',
  ẞ: 'ss',
};
const UNDECOMPOSED = new RegExp(`[${Object.keys(BASE_LETTERS).join('')}]`, 'gu');

/** Marks above and below letters, punctuation, spaces, apostrophes of every kind and invisible characters. */
const DROPPED = new RegExp(
  '[\\u0001-\\u002f\\u003a-\\u0060\\u007b-\\u00bf\\u00d7\\u00f7\\u02b0-\\u036f\\u0483-\\u0489\\u0559-\\u055f' +
    '\\u0589-\\u058f\\u0591-\\u05c7\\u05f3\\u05f4\\u060c\\u0610-\\u061f\\u0640\\u064b-\\u065f\\u066a-\\u066d\\u0670' +
    '\\u06d4-\\u06dc\\u06df-\\u06e4\\u06e7-\\u06ed\\u1ab0-\\u1aff\\u1dc0-\\u1dff\\u2000-\\u206f\\u20a0-\\u20ff' +
    '\\u2190-\\u2bff\\u2e00-\\u2e7f\\u3000-\\u3004\\u3008-\\u3020\\u3030\\u30fb\\ufe00-\\ufe0f\\ufe20-\\ufe2f\\ufeff]',
  'g',
);

/**
 * Folds text for comparison: letters and digits only, without case, accents and apostrophes.
 *
 * The SQL function `fold_text` is its twin and does not depend on the locale of the database.
 */
export function foldText(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(CASED, (letter) => letter.toLowerCase())
    .replaceAll(UNDECOMPOSED, (letter) => BASE_LETTERS[letter] ?? letter)
    .replaceAll(DROPPED, '');
}
