import type { Tx } from '../../../db/client.ts';

/**
 * Lets a booking's links work as long after its new end as they would have after the old.
 *
 * Locks: expects the booking locked, and its end not changed yet.
 */
export async function shiftGuestLinks(
  tx: Tx,
  { bookingId, endsAt }: { bookingId: string; endsAt: Date },
): Promise<void> {
  await tx.$executeRaw`
    UPDATE guest_tokens t SET expires_at = t.expires_at + (${endsAt} - b.ends_at)
    FROM bookings b WHERE b.id = t.booking_id AND b.id = ${bookingId}::uuid`;
}
