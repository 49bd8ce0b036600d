import { Prisma } from '../../../db/client.ts';
import { NOW } from '../../../db/predicates.ts';
import { MAX_BOOKING_DAYS } from '../../../domain/availability/stay.ts';

/**
 * Builds the condition that a booking `b` occupies its place after an instant.
 *
 * A guest in the house does past the end of the stay, until check-out. The bound on the start is for the index of starts.
 */
export function occupiesAfter(instant: Date): Prisma.Sql {
  const earliest = new Date(instant.getTime() - MAX_BOOKING_DAYS * 86_400_000);
  return Prisma.sql`(b.ends_at > ${instant} AND b.starts_at > ${earliest} OR b.status = 'IN_HOUSE' AND ${NOW} >= ${instant})`;
}
