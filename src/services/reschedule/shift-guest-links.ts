import type { Tx } from '../../db/client.ts';

/**
 * Lets a booking's links work as long after its new end as they would have after the old.
 *
 * Locks: expects the booking locked.
 */
export async function shiftGuestLinks(
  tx: Tx,
  { bookingId, shiftMs }: { bookingId: string; shiftMs: number },
): Promise<void> {
  await tx.$executeRaw`
    UPDATE guest_tokens SET expires_at = expires_at + ${shiftMs} * interval '1 millisecond'
    WHERE booking_id = ${bookingId}::uuid`;
}
