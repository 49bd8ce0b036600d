import type { Context } from '../../../context.ts';
import { Prisma } from '../../../db/client.ts';
import { normalizePhone } from '../../../domain/person/phone.ts';
import { SEALED_COLUMNS } from './sealed-columns.ts';
import type { SealedPlace } from './sealed-columns.ts';
import { BOUND_MARK, fingerprint, seal, unseal } from './sealing.ts';

const BATCH = 500;

/**
 * Encrypts all sealed text under the newest key and binds it to its place, so that older keys can be removed.
 *
 * May run beside the server. A row that changes meanwhile is left for the next batch.
 * Idempotent: after an interruption another run continues.
 * Returns: the number of texts encrypted.
 */
export async function reseal(ctx: Pick<Context, 'db' | 'config'>): Promise<number> {
  let count = 0;
  for (const column of listColumns()) count += await resealColumn(ctx, column);
  return count;
}

function listColumns(): SealedPlace['column'][] {
  return (Object.keys(SEALED_COLUMNS) as SealedPlace['column'][]).sort();
}

async function resealColumn(ctx: Pick<Context, 'db' | 'config'>, column: SealedPlace['column']): Promise<number> {
  const keys = ctx.config.ENCRYPTION_KEY;
  const prefix = `${keys[0]?.id ?? ''}:${BOUND_MARK}`;
  const { table, column: sealed, row, ...rest } = SEALED_COLUMNS[column];
  let count = 0;
  for (;;) {
    const rows = await ctx.db.$queryRaw<{ at: string; row: string; text: string }[]>`
      SELECT ctid::text AS at, ${row} AS row, ${sealed} AS text FROM ${table}
      WHERE ${sealed} IS NOT NULL AND left(${sealed}, ${prefix.length}::int) <> ${prefix} LIMIT ${BATCH}::int`;
    for (const { at, row: rowName, text: old } of rows) {
      const place = { column, row: rowName };
      const plain = unseal(keys, old, place);
      const hash =
        'hash' in rest ? Prisma.sql`, ${rest.hash} = ${fingerprint(keys, normalizePhone(plain))}` : Prisma.empty;
      // The row's position finds it without an index; a row that was changed since has another position and text.
      count += await ctx.db.$executeRaw`
        UPDATE ${table} SET ${sealed} = ${seal(keys, plain, place)} ${hash} WHERE ctid = ${at}::tid AND ${sealed} = ${old}`;
    }
    if (rows.length < BATCH) return count;
  }
}
