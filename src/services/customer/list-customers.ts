import type { Context } from '../../context.ts';
import { Prisma } from '../../db/client.ts';
import { startsWith } from '../../db/statements/starts-with.ts';
import { normalizeEmail, normalizePhone } from '../../domain/booking.ts';
import { fingerprints } from '../secrets/sealing.ts';
import { toCustomerSheet } from './customer-sheet.ts';
import type { CustomerSheet } from './customer-sheet.ts';

interface CustomerQuery {
  readonly propertyId: string;
  readonly filter: {
    readonly email?: string | undefined;
    readonly phone?: string | undefined;
    /** Beginning of a name or an e-mail address, or a whole telephone number. */
    readonly q?: string | undefined;
  };
  readonly limit: number;
  /** The last row of the page before. */
  readonly after: { readonly at: string; readonly id: string } | null;
}

export interface CustomerPage {
  readonly items: CustomerSheet[];
  readonly next: readonly [at: string, id: string] | null;
}

/** A page of the property's customers, the newest first. Two queries, however long the page. */
export async function listCustomers(ctx: Context, query: CustomerQuery): Promise<CustomerPage> {
  const { propertyId, filter, limit, after } = query;
  const conditions = [
    Prisma.sql`c.property_id = ${propertyId}::uuid`,
    ...(filter.email === undefined ? [] : [Prisma.sql`c.email_normalized = ${normalizeEmail(filter.email)}`]),
    ...(filter.phone === undefined ? [] : [havePhone(ctx, filter.phone)]),
    ...(filter.q === undefined ? [] : [matchText(ctx, propertyId, filter.q)]),
    ...(after === null ? [] : [Prisma.sql`(c.created_at, c.id) < (${after.at}::timestamptz, ${after.id}::uuid)`]),
  ];
  const found = await ctx.db.$queryRaw<{ id: string }[]>`
    SELECT c.id FROM customers c WHERE ${Prisma.join(conditions, ' AND ')}
    ORDER BY c.created_at DESC, c.id DESC LIMIT ${limit + 1}`;
  const rows = await ctx.db.customer.findMany({
    where: { id: { in: found.slice(0, limit).map(({ id }) => id) } },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
  });
  const items = rows.map((row) => toCustomerSheet(ctx, row));
  const last = items.at(-1);
  return { items, next: found.length > limit && last !== undefined ? [last.createdAt, last.id] : null };
}

/** Telephones are stored encrypted, and found by their fingerprints. */
function havePhone(ctx: Context, phone: string): Prisma.Sql {
  return Prisma.sql`c.phone_hash = ANY(${fingerprints(ctx.config.ENCRYPTION_KEY, normalizePhone(phone))})`;
}

/** Matches the beginning of a name or an e-mail address, or a whole telephone number; each by an index of its own. */
function matchText(ctx: Context, propertyId: string, text: string): Prisma.Sql {
  const names = text
    .split(/\s+/)
    .map(
      (word) =>
        Prisma.sql`(${startsWith(Prisma.sql`lower(c.first_name)`, word)} OR ${startsWith(Prisma.sql`lower(c.last_name)`, word)})`,
    );
  const ways = [
    startsWith(Prisma.sql`c.email_normalized`, text),
    Prisma.join(names, ' AND '),
    // A text without digits is no telephone, and must not find those of whom none is known.
    ...(normalizePhone(text) === '' ? [] : [havePhone(ctx, text)]),
  ].map((way) => Prisma.sql`SELECT c.id FROM customers c WHERE c.property_id = ${propertyId}::uuid AND ${way}`);
  return Prisma.sql`c.id IN (${Prisma.join(ways, ' UNION ')})`;
}
