import type { Context } from '../../context.ts';
import { Prisma } from '../../db/client.ts';
import { normalizePhone } from '../../domain/booking.ts';
import { fingerprint, seal, unseal } from './sealing.ts';

const BATCH = 500;

interface SealedColumn {
  readonly table: string;
  readonly key: string;
  readonly sealed: string;
  /** The fingerprint beside a telephone number. */
  readonly hash?: string;
}

/** Where sealed text is kept for long. Kept answers are gone within a day. */
const COLUMNS: readonly SealedColumn[] = [
  { table: 'customers', key: 'id', sealed: 'phone_sealed', hash: 'phone_hash' },
  { table: 'party_members', key: 'id', sealed: 'phone_sealed', hash: 'phone_hash' },
  { table: 'bookings', key: 'id', sealed: 'booker_sealed' },
  { table: 'appointments', key: 'booking_id', sealed: 'address_sealed' },
];

/**
 * Seals again, under the newest key, all that is sealed under an older one, so that the older one can be dropped.
 *
 * May run beside the server and be broken off: what is done is done, and a row that changes meanwhile is left for the
 * next round. Answers how many texts it was.
 */
export async function reseal(ctx: Pick<Context, 'db' | 'config'>): Promise<number> {
  let count = 0;
  for (const column of COLUMNS) count += await resealColumn(ctx, column);
  return count;
}

async function resealColumn(ctx: Pick<Context, 'db' | 'config'>, column: SealedColumn): Promise<number> {
  const keys = ctx.config.ENCRYPTION_KEY;
  const newest = `${keys[0]?.id ?? ''}:`;
  const [table, key, sealed] = [Prisma.raw(column.table), Prisma.raw(column.key), Prisma.raw(column.sealed)];
  let count = 0;
  for (;;) {
    const rows = await ctx.db.$queryRaw<{ id: string; text: string }[]>`
      SELECT ${key}::text AS id, ${sealed} AS text FROM ${table}
      WHERE ${sealed} IS NOT NULL AND left(${sealed}, ${newest.length}::int) <> ${newest} LIMIT ${BATCH}::int`;
    for (const { id, text } of rows) {
      const plain = unseal(keys, text);
      const hash =
        column.hash === undefined
          ? Prisma.empty
          : Prisma.sql`, ${Prisma.raw(column.hash)} = ${fingerprint(keys, normalizePhone(plain))}`;
      count += await ctx.db.$executeRaw`
        UPDATE ${table} SET ${sealed} = ${seal(keys, plain)} ${hash} WHERE ${key}::text = ${id} AND ${sealed} = ${text}`;
    }
    if (rows.length < BATCH) return count;
  }
}
