import { foldText } from '../person/fold-text.ts';

/** An item with a code and a name, such as a service. */
export interface Named {
  readonly code: string;
  readonly name: string;
}

/** The only match, or the candidates. */
export type NameMatch<T> = { readonly found: T } | { readonly candidates: readonly T[] };

/**
 * Finds the item a caller means: by code, by name, or the only item whose name contains all spoken words.
 *
 * Ignores case, accents and punctuation. Never chooses between two candidates.
 */
export function matchName<T extends Named>(items: readonly T[], spoken: string): NameMatch<T> {
  const wanted = normalizeText(spoken);
  const exact =
    items.find(({ code }) => normalizeText(code) === wanted) ??
    items.find(({ name }) => normalizeText(name) === wanted);
  if (exact !== undefined) return { found: exact };
  const words = wanted.split(' ').filter(Boolean);
  const near = items.filter(({ name }) => {
    const named = new Set(normalizeText(name).split(' '));
    return words.length > 0 && words.every((word) => named.has(word));
  });
  const [only, other] = near;
  return only !== undefined && other === undefined ? { found: only } : { candidates: near };
}

function normalizeText(text: string): string {
  return text
    .split(/[^\p{L}\p{M}\p{N}'’]+/u)
    .map(foldText)
    .filter((word) => word !== '')
    .join(' ');
}
