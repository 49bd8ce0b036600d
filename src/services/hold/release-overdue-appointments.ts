import type { Tx } from '../../db/client.ts';
import { lockBookingRow, lockProviders } from '../../db/locks.ts';
import { describeExpiry } from './log-expiry.ts';
import type { ExpiredHold } from './log-expiry.ts';
import { expireHold, isOverdue } from './release-overdue-holds.ts';

/**
 * Expires the holds past their deadline that stand in the way of this time, and frees what they held.
 *
 * Locks: the providers, then each booking in the order of their ids. Answers the holds that ended.
 */
export async function releaseOverdueAppointments(
  tx: Tx,
  input: { providerIds: readonly string[]; from: string; until: string; requestId: string | null },
): Promise<ExpiredHold[]> {
  const { providerIds, from, until, requestId } = input;
  await lockProviders(tx, providerIds);
  const holds = await tx.$queryRaw<{ id: string }[]>`
    SELECT b.id FROM appointments a JOIN bookings b ON b.id = a.booking_id
    WHERE a.provider_id = ANY(${[...providerIds]}::uuid[]) AND a.is_live
      AND tstzrange(a.occupied_from, a.occupied_until) && tstzrange(${from}::timestamptz, ${until}::timestamptz)
      AND b.status = 'PENDING_PAYMENT' AND b.expires_at <= (SELECT app_now())
      AND b.payment_stage IN ('NONE', 'SESSION_CREATED', 'FAILED')
    ORDER BY b.id`;
  const expired: ExpiredHold[] = [];
  for (const { id } of holds) {
    const booking = await lockBookingRow(tx, id);
    if (booking === null || !isOverdue(booking)) continue;
    await expireHold(tx, booking, requestId);
    expired.push(describeExpiry(booking));
  }
  return expired;
}
