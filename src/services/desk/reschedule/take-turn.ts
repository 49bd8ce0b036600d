import type { Tx } from '../../../db/client.ts';

/**
 * Serializes the moves of a booking by an advisory lock per booking code.
 *
 * Without the lock, concurrent moves of one booking would find another place under the row locks than the place read
 * before, and retry until the retries run out.
 * Locks: advisory, in the order of the codes; after the idempotency key and before all rows.
 */
export async function takeTurn(
  tx: Tx,
  { propertyId, codes }: { propertyId: string; codes: readonly string[] },
): Promise<void> {
  for (const code of codes.toSorted()) {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`move ${propertyId} ${code}`}::text, 0))`;
  }
}
