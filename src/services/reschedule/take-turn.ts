import type { Tx } from '../../db/client.ts';

/**
 * Waits until nobody else is moving these bookings, so that where they are is read once and for all.
 *
 * Without it, those who move one booking at the same moment would find it elsewhere under their locks, and try again
 * until they give up.
 * Locks: by code, after the idempotency key and before everything else.
 */
export async function takeTurn(
  tx: Tx,
  { propertyId, codes }: { propertyId: string; codes: readonly string[] },
): Promise<void> {
  for (const code of codes.toSorted()) {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`move ${propertyId} ${code}`}::text, 0))`;
  }
}
