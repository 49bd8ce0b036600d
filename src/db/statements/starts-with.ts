import { Prisma } from '../client.ts';

/** Comes after every text that goes on. */
const LAST_SIGN = '\u{10FFFF}';

/**
 * Whether a text in small letters begins so, capital or small; by an index of its `text_pattern_ops`.
 *
 * Not LIKE: a plan that is made before the beginning is known can't use the index for it.
 */
export function startsWith(lowered: Prisma.Sql, beginning: string): Prisma.Sql {
  return Prisma.sql`(${lowered} ~>=~ lower(${beginning}) AND ${lowered} ~<~ (lower(${beginning}) || ${LAST_SIGN}))`;
}
