const NUMBERS = (
  'zero one two three four five six seven eight nine ten eleven twelve ' +
  'thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty'
).split(' ');
const ORDINALS = (
  'zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth ' +
  'thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth'
).split(' ');
const TENS = ['twenty', 'thirty', 'forty', 'fifty'];
const DIGITS = new Map([
  ...NUMBERS.map((word, number) => [word, String(number)] as const),
  ...ORDINALS.map((word, number) => [word, `${String(number)}th`] as const),
  ...TENS.map((word, index) => [word, String((index + 2) * 10)] as const),
  ['thirtieth', '30th'] as const,
]);
const TENS_AND_ONES = new RegExp(
  `\\b(${TENS.join('|')}) (${[...NUMBERS.slice(1, 10), ...ORDINALS.slice(1, 10)].join('|')})\\b`,
  'g',
);

/** Normalizes text: lower case, numbers in digits, `am` and `pm`, punctuation only within numbers. */
export function normalizeWords(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[‘’`]/g, "'")
    .replace(/(?<![a-z])([ap])\.? ?m\b\.?/g, '$1m')
    .replace(/(?<=\d)t(?=\d)/g, ' ')
    .replace(/(?<=[a-z])-(?=[a-z])/g, ' ')
    .replace(/[,;!?"]|[.:](?!\d)/g, ' ')
    .replace(/\s+/g, ' ')
    .replace(TENS_AND_ONES, (_, tens: string, ones: string) => {
      const digits = DIGITS.get(ones) ?? '';
      return `${(DIGITS.get(tens) ?? '').slice(0, 1)}${digits}`;
    })
    .replace(/[a-z]+/g, (word) => DIGITS.get(word) ?? word)
    .trim();
}
