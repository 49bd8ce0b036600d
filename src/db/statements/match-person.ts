import { foldText } from '../../domain/person/fold-text.ts';
import { Prisma } from '../client.ts';
import { startsWith } from './starts-with.ts';

/** Names and e-mail of a person, as columns. */
interface PersonColumns {
  readonly firstName: Prisma.Sql;
  readonly lastName: Prisma.Sql;
  readonly email: Prisma.Sql;
}

/**
 * Builds the conditions that match a person by the beginning of an e-mail address or of each name.
 *
 * Each condition has an index of its own, so the caller joins them by UNION; an OR would read the whole table. Empty
 * for text without a letter or digit.
 */
export function matchPerson({ firstName, lastName, email }: PersonColumns, text: string): Prisma.Sql[] {
  const whole = foldText(text);
  if (whole === '') return [];
  const words = text
    .split(/\s+/)
    .map(foldText)
    .filter((word) => word !== '');
  const inNames = words.map((word) => Prisma.sql`(${startsWith(firstName, word)} OR ${startsWith(lastName, word)})`);
  // Names of several words are folded to one: "van der Berg", "O Brien".
  const compound = words.length > 1 ? [startsWith(lastName, whole), startsWith(firstName, whole)] : [];
  return [startsWith(email, whole), Prisma.join(inNames, ' AND '), ...compound];
}
