import type { Tx } from '../../../../db/client.ts';

/**
 * Shifts the expiry of a booking's guest links by the shift of the booking's end.
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
