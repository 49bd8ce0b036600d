import type { Context } from '../../../context.ts';
import { Prisma } from '../../../db/client.ts';
import { matchPerson } from '../../../db/statements/match-person.ts';
import { normalizeEmail } from '../../../domain/person/email.ts';
import { findPhoneFingerprints } from '../../core/secrets/phone-fingerprints.ts';
import { toCustomerDetails } from './customer-details.ts';
import type { CustomerDetails } from './customer-details.ts';

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
  readonly items: CustomerDetails[];
  readonly next: readonly [at: string, id: string] | null;
}

/** Lists a page of the property's customers, the newest first, in three queries. */
export async function listCustomers(ctx: Context, query: CustomerQuery): Promise<CustomerPage> {
  const { propertyId, filter, limit, after } = query;
  const { timezone } = await ctx.db.property.findUniqueOrThrow({
    where: { id: propertyId },
    select: { timezone: true },
  });
  const phonesOf = (text: string) => findPhoneFingerprints(ctx.config.ENCRYPTION_KEY, text, timezone);
  const conditions = [
    Prisma.sql`c.property_id = ${propertyId}::uuid`,
    ...(filter.email === undefined ? [] : [Prisma.sql`c.email_normalized = ${normalizeEmail(filter.email)}`]),
    ...(filter.phone === undefined ? [] : [matchPhone(phonesOf(filter.phone))]),
    ...(filter.q === undefined ? [] : [matchText(propertyId, filter.q, phonesOf(filter.q))]),
    ...(after === null ? [] : [Prisma.sql`(c.created_at, c.id) < (${after.at}::timestamptz, ${after.id}::uuid)`]),
  ];
  const found = await ctx.db.$queryRaw<{ id: string }[]>`
    SELECT c.id FROM customers c WHERE ${Prisma.join(conditions, ' AND ')}
    ORDER BY c.created_at DESC, c.id DESC LIMIT ${limit + 1}`;
  const rows = await ctx.db.customer.findMany({
    where: { id: { in: found.slice(0, limit).map(({ id }) => id) } },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
  });
  const items = rows.map((row) => toCustomerDetails(ctx, row));
  const last = items.at(-1);
  return { items, next: found.length > limit && last !== undefined ? [last.createdAt, last.id] : null };
}

/** Matches a telephone number by its fingerprints, because numbers are stored encrypted. */
function matchPhone(phones: readonly string[]): Prisma.Sql {
  return Prisma.sql`c.phone_hash = ANY(${[...phones]})`;
}

/** Matches the beginning of a name or an e-mail address, or a whole telephone number; each by a separate index. */
function matchText(propertyId: string, text: string, phones: readonly string[]): Prisma.Sql {
  const columns = {
    firstName: Prisma.sql`c.first_name`,
    lastName: Prisma.sql`c.last_name`,
    email: Prisma.sql`c.email`,
  };
  const ways = [...matchPerson(columns, text), ...(phones.length === 0 ? [] : [matchPhone(phones)])].map(
    (way) => Prisma.sql`SELECT c.id FROM customers c WHERE c.property_id = ${propertyId}::uuid AND ${way}`,
  );
  if (ways.length === 0) return Prisma.sql`false`;
  return Prisma.sql`c.id IN (${Prisma.join(ways, ' UNION ')})`;
}
