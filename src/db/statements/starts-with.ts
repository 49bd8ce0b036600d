import { Prisma } from '../client.ts';

/** Last Unicode code point; sorts after every continuation of a prefix. */
const LAST_CODE_POINT = '\u{10FFFF}';

/**
 * Builds a prefix condition on the folded text of a column, for an index on `fold_text` with `text_pattern_ops`.
 *
 * `beginning` is folded by `foldText`. Not LIKE: a generic plan, made before the prefix is known, can't use the index
 * for LIKE.
 */
export function startsWith(column: Prisma.Sql, beginning: string): Prisma.Sql {
  const end = `${beginning}${LAST_CODE_POINT}`;
  return Prisma.sql`(fold_text(${column}) ~>=~ ${beginning} AND fold_text(${column}) ~<~ ${end})`;
}
