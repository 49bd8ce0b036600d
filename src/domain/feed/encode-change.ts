import type { Nights, PropertyChange } from './property-change.ts';

/** A notification is shorter than 8,000 bytes; fifty changes without their events are. */
const MAX_LENGTH = 7_900;

/** More spans than this are sent as one, from the first night to the last, so that a change is at most 151 characters. */
const MAX_SPANS = 4;

/** Encodes changes as the payload of a notification. Their events are left out where there is no room for them. */
export function encodeChanges(changes: readonly PropertyChange[]): string {
  const payload = changes.map(encodeChange).join(' ');
  if (payload.length <= MAX_LENGTH) return payload;
  return changes.map(({ slug, touched }) => encodeChange({ slug, touched })).join(' ');
}

/**
 * Encodes a change without spaces: `slug:2027-05-14/2027-05-16,…` for what can be had in these nights, `slug` for everything; then
 * `@17,18,…` for the events that announce it, where they are known.
 */
export function encodeChange({ slug, touched, events = [] }: PropertyChange): string {
  const suffix = events.length === 0 ? '' : `@${events.join(',')}`;
  if (touched === 'EVERYTHING') return `${slug}${suffix}`;
  const spans = mergeNights(touched).map(({ from, to }) => `${from}/${to}`);
  return `${slug}:${spans.join(',')}${suffix}`;
}

/** Decodes one change of a payload; one that is malformed touches everything. */
export function decodeChange(encoded: string): PropertyChange {
  const [change = '', ids] = encoded.split('@');
  const [slug = '', spans] = change.split(':');
  const events = ids === undefined ? {} : { events: ids.split(',') };
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
