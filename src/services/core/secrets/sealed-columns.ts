import { Prisma } from '../../../db/client.ts';

/** The SQL of a column. Written out here, so that no name of a table is ever built from text. */
interface SealedColumn {
  readonly table: Prisma.Sql;
  readonly column: Prisma.Sql;
  /** Names a row as the code does when it seals: see `SealedPlace`. */
  readonly row: Prisma.Sql;
  /** The fingerprint beside a telephone number. */
  readonly hash?: Prisma.Sql;
}

/**
 * Every column of sealed text; a test holds the list equal to the database.
 *
 * A row is named by values that are known before it is written and never change while the text stays: the customer by
 * property and e-mail address, because a returning customer's id is known only to the statement; a customer without an
 * address by the id, because the number that finds a returning one is not written again; a member of a party by the
 * booking.
 */
export const SEALED_COLUMNS = {
  'customers.phone_sealed': {
    table: Prisma.sql`customers`,
    column: Prisma.sql`phone_sealed`,
    row: Prisma.sql`property_id || ' ' || coalesce(email_normalized, id::text)`,
    hash: Prisma.sql`phone_hash`,
  },
  'party_members.phone_sealed': {
    table: Prisma.sql`party_members`,
    column: Prisma.sql`phone_sealed`,
    row: Prisma.sql`booking_id::text`,
    hash: Prisma.sql`phone_hash`,
  },
  'bookings.booker_sealed': {
    table: Prisma.sql`bookings`,
    column: Prisma.sql`booker_sealed`,
    row: Prisma.sql`id::text`,
  },
  'appointments.address_sealed': {
    table: Prisma.sql`appointments`,
    column: Prisma.sql`address_sealed`,
    row: Prisma.sql`booking_id::text`,
  },
  'idempotency_keys.answer_sealed': {
    table: Prisma.sql`idempotency_keys`,
    column: Prisma.sql`answer_sealed`,
    row: Prisma.sql`scope || ' ' || key`,
  },
  'idempotency_keys.request_sealed': {
    table: Prisma.sql`idempotency_keys`,
    column: Prisma.sql`request_sealed`,
    row: Prisma.sql`scope || ' ' || key`,
  },
} as const satisfies Record<string, SealedColumn>;

/** The column and the row that a sealed text belongs to. */
export interface SealedPlace {
  readonly column: keyof typeof SEALED_COLUMNS;
  readonly row: string;
}

/** Names the row of a customer. */
export function customerPlace(customer: {
  readonly id: string;
  readonly propertyId: string;
  readonly emailNormalized: string | null;
}): SealedPlace {
  const { id, propertyId, emailNormalized } = customer;
  return { column: 'customers.phone_sealed', row: `${propertyId} ${emailNormalized ?? id}` };
}

/** Names the row of a member of a booking's party. */
export function partyPlace(bookingId: string): SealedPlace {
  return { column: 'party_members.phone_sealed', row: bookingId };
}

/** Names the row of a booking's booker. */
export function bookerPlace(bookingId: string): SealedPlace {
  return { column: 'bookings.booker_sealed', row: bookingId };
}

/** Names the row of an appointment's address. */
export function addressPlace(bookingId: string): SealedPlace {
  return { column: 'appointments.address_sealed', row: bookingId };
}

/** Names the row of an idempotency key, for its stored response or its request. */
export function keyPlace(
  column: 'answer_sealed' | 'request_sealed',
  { scope, key }: { readonly scope: string; readonly key: string },
): SealedPlace {
  return { column: `idempotency_keys.${column}`, row: `${scope} ${key}` };
}
