import type { Nights, PropertyChange } from './property-change.ts';

/** A notification is shorter than 8,000 bytes; fifty changes without their events are. */
const MAX_LENGTH = 7_900;

/** More spans than this are told as one from the first night to the last, so that a change is at most 151 characters. */
const MAX_SPANS = 4;

/** A word for each change. The events by which they are announced are left out where there is no room for them. */
export function spellChanges(changes: readonly PropertyChange[]): string {
  const text = changes.map(spellChange).join(' ');
  if (text.length <= MAX_LENGTH) return text;
  return changes.map(({ slug, touched }) => spellChange({ slug, touched })).join(' ');
}

/**
 * The change in one word: `slug:2027-05-14/2027-05-16,…` for what can be had in these nights, `slug` for everything; then
 * `@17,18,…` for the events that announce it, where they are known.
 */
export function spellChange({ slug, touched, events = [] }: PropertyChange): string {
  const announced = events.length === 0 ? '' : `@${events.join(',')}`;
  if (touched === 'EVERYTHING') return `${slug}${announced}`;
  const spans = mergeNights(touched).map(({ from, to }) => `${from}/${to}`);
  return `${slug}:${spans.join(',')}${announced}`;
}

/** The change that the word stands for; a word that is not understood changes everything. */
export function readChange(word: string): PropertyChange {
  const [change = '', announced] = word.split('@');
  const [slug = '', spans] = change.split(':');
  const events = announced === undefined ? {} : { events: announced.split(',') };
  if (spans === undefined) return { slug, touched: 'EVERYTHING', ...events };
  const touched = spans.split(',').flatMap((span) => {
    const [from = '', to = ''] = span.split('/');
    return span === '' ? [] : [{ from, to }];
  });
  return { slug, touched: touched.every(isSpan) ? touched : 'EVERYTHING', ...events };
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
