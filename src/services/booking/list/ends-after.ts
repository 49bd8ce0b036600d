import { Prisma } from '../../../db/client.ts';
import { MAX_BOOKING_DAYS } from '../../../domain/availability/stay.ts';

/**
 * Whether a booking `b` goes on after an instant; by the index of starts, which does not read what began long before.
 */
export function endsAfter(instant: Date): Prisma.Sql {
  const earliest = new Date(instant.getTime() - MAX_BOOKING_DAYS * 86_400_000);
  return Prisma.sql`b.ends_at > ${instant} AND b.starts_at > ${earliest}`;
}
