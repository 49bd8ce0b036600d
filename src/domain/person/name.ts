/** Joiners between letters, which Persian and the scripts of India are written with. */
const JOINERS = '\u200c\u200d';
const INVISIBLE = new RegExp(`(?![${JOINERS}\\u202a-\\u202e\\u2066-\\u2069])\\p{Default_Ignorable_Code_Point}`, 'gu');
const LOOSE_JOINER = new RegExp(`(?<![\\p{L}\\p{M}])[${JOINERS}]+|[${JOINERS}]+(?![\\p{L}\\p{M}])`, 'gu');

/**
 * Cleans the name of a person or a thing: NFC, single spaces, nothing around it and nothing invisible in it.
 *
 * Characters that turn the direction of text stay, so that a check can refuse them.
 */
export function cleanName(name: string): string {
  return name
    .normalize('NFC')
    .replaceAll(INVISIBLE, '')
    .replaceAll(LOOSE_JOINER, '')
    .replaceAll(/[\p{Zs}\u2800]+/gu, ' ')
    .trim();
}

/** Joins a person's names; either may be empty. */
export function joinNames({ firstName, lastName }: { readonly firstName: string; readonly lastName: string }): string {
  return `${firstName} ${lastName}`.trim();
}
