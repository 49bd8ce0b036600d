import type { Nights, PropertyChange } from './property-change.ts';

/** More spans than this are told as one from the first night to the last, so that a change is at most 151 characters. */
const MAX_SPANS = 4;

/** The change in one word: `slug:2027-05-14/2027-05-16,…` for what can be had in these nights, `slug` for everything. */
export function spellChange({ slug, touched }: PropertyChange): string {
  if (touched === 'EVERYTHING') return slug;
  return `${slug}:${mergeNights(touched)
    .map(({ from, to }) => `${from}/${to}`)
    .join(',')}`;
}

/** The change that the word stands for; a word that is not understood changes everything. */
export function readChange(word: string): PropertyChange {
  const [slug = '', spans] = word.split(':');
  if (spans === undefined) return { slug, touched: 'EVERYTHING' };
  const touched = spans.split(',').flatMap((span) => {
    const [from = '', to = ''] = span.split('/');
    return span === '' ? [] : [{ from, to }];
  });
  return { slug, touched: touched.every(isSpan) ? touched : 'EVERYTHING' };
}

const isSpan = ({ from, to }: Nights) => [from, to].every((date) => /^\d{4}-\d{2}-\d{2}$/.test(date));

/** At most four spans, in order and apart, in which all of these nights lie. */
function mergeNights(nights: readonly Nights[]): Nights[] {
  const merged: Nights[] = [];
  for (const { from, to } of nights.toSorted((a, b) => (a.from < b.from ? -1 : 1))) {
    if (from >= to) continue;
    const last = merged.at(-1);
    if (last === undefined || last.to < from) merged.push({ from, to });
    else if (last.to < to) merged[merged.length - 1] = { from: last.from, to };
  }
  const [first, last] = [merged[0], merged.at(-1)];
  if (merged.length <= MAX_SPANS || first === undefined || last === undefined) return merged;
  return [{ from: first.from, to: last.to }];
}
