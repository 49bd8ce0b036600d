import type { Context } from '../../context.ts';
import type { Prisma } from '../../db/client.ts';
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

/** A page of the property's customers, the newest first. One query, however long the page. */
export async function listCustomers(ctx: Context, query: CustomerQuery): Promise<CustomerPage> {
  const { propertyId, filter, limit, after } = query;
  const conditions: Prisma.CustomerWhereInput[] = [
    ...(filter.email === undefined ? [] : [{ emailNormalized: normalizeEmail(filter.email) }]),
    ...(filter.phone === undefined ? [] : [havePhone(ctx, filter.phone)]),
    ...(filter.q === undefined ? [] : [matchText(ctx, filter.q)]),
    ...(after === null
      ? []
      : [{ OR: [{ createdAt: { lt: after.at } }, { createdAt: after.at, id: { lt: after.id } }] }]),
  ];
  const rows = await ctx.db.customer.findMany({
    where: { propertyId, AND: conditions },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: limit + 1,
  });
  const items = rows.slice(0, limit).map((row) => toCustomerSheet(ctx, row));
  const last = items.at(-1);
  return { items, next: rows.length > limit && last !== undefined ? [last.createdAt, last.id] : null };
}

/** Telephones are stored encrypted, and found by their fingerprints. */
function havePhone(ctx: Context, phone: string): Prisma.CustomerWhereInput {
  return { phoneHash: { in: fingerprints(ctx.config.ENCRYPTION_KEY, normalizePhone(phone)) } };
}

function matchText(ctx: Context, text: string): Prisma.CustomerWhereInput {
  const startsWith = (word: string) => ({ startsWith: escapeLike(word), mode: 'insensitive' as const });
  const names = text.split(/\s+/).map((word) => ({
    OR: [{ firstName: startsWith(word) }, { lastName: startsWith(word) }],
  }));
  // A text without digits is no telephone, and must not find those of whom none is known.
  const phones = normalizePhone(text) === '' ? [] : [havePhone(ctx, text)];
  return { OR: [{ email: startsWith(text) }, { AND: names }, ...phones] };
}

/** The library passes them on as signs that stand for anything. */
function escapeLike(word: string): string {
  return word.replace(/[\\%_]/g, (sign) => `\\${sign}`);
}
