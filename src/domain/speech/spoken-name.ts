/** Something that goes by a code and a name. */
export interface Named {
  readonly code: string;
  readonly name: string;
}

/** The one that was meant, or those that could have been. */
export type FoundName<T> = { readonly found: T } | { readonly candidates: readonly T[] };

/**
 * What a caller means by a word: its code, its name, or the only one whose name has all of what was said in it.
 *
 * Case, accents and punctuation don't matter. Never guesses between two.
 */
export function matchName<T extends Named>(items: readonly T[], said: string): FoundName<T> {
  const wanted = spell(said);
  const exact = items.find(({ code }) => spell(code) === wanted) ?? items.find(({ name }) => spell(name) === wanted);
  if (exact !== undefined) return { found: exact };
  const words = wanted.split(' ').filter(Boolean);
  const near = items.filter(({ name }) => {
    const named = new Set(spell(name).split(' '));
    return words.length > 0 && words.every((word) => named.has(word));
  });
  const [only, other] = near;
  return only !== undefined && other === undefined ? { found: only } : { candidates: near };
}

function spell(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
