import type { Queryable, Tx } from '../../db/client.ts';
import { lockBookingRow, lockProviders } from '../../db/locks.ts';
import { describeExpiry } from './log-expiry.ts';
import type { ExpiredHold } from './log-expiry.ts';
import { expireHold, isOverdue } from './release-overdue-holds.ts';

/** Somebody's wish for these providers' time: [from, until), in epoch milliseconds. */
interface Way {
  readonly providers: readonly { readonly id: string; readonly version: number }[];
  readonly from: number;
  readonly until: number;
}

/** Whether something in the way may give way: a hold past its deadline, or a schedule that has changed since it was read. */
export async function isWayChanged(
  db: Pick<Queryable, '$queryRaw'>,
  { providers, from, until }: Way,
): Promise<boolean> {
  const ids = providers.map(({ id }) => id);
  const versions = providers.map(({ version }) => version);
  const rows = await db.$queryRaw<{ changed: boolean }[]>`
    SELECT EXISTS (
      SELECT FROM providers v JOIN unnest(${ids}::uuid[], ${versions}::int[]) AS seen(id, version) ON seen.id = v.id
      WHERE v.schedule_version <> seen.version OR NOT v.is_active
    ) OR EXISTS (
      SELECT FROM appointments a JOIN bookings b ON b.id = a.booking_id
      WHERE a.provider_id = ANY(${ids}::uuid[]) AND a.is_live
        AND tstzrange(a.occupied_from, a.occupied_until) && tstzrange(${new Date(from)}, ${new Date(until)})
        AND b.status = 'PENDING_PAYMENT' AND b.expires_at <= (SELECT app_now())
        AND b.payment_stage IN ('NONE', 'SESSION_CREATED', 'FAILED')
    ) AS changed`;
  return rows[0]?.changed === true;
}

/**
 * Expires the holds past their deadline that stand in the way, and frees what they held.
 *
 * Locks: the providers, then each booking in the order of their ids. Answers the holds that ended.
 */
export async function releaseOverdueAppointments(
  tx: Tx,
  {
    providers,
    from,
    until,
    requestId,
  }: Omit<Way, 'providers'> & {
    readonly providers: readonly { readonly id: string }[];
    readonly requestId: string | null;
  },
): Promise<ExpiredHold[]> {
  const ids = providers.map(({ id }) => id);
  await lockProviders(tx, ids);
  const holds = await tx.$queryRaw<{ id: string }[]>`
    SELECT b.id FROM appointments a JOIN bookings b ON b.id = a.booking_id
    WHERE a.provider_id = ANY(${ids}::uuid[]) AND a.is_live
      AND tstzrange(a.occupied_from, a.occupied_until) && tstzrange(${new Date(from)}, ${new Date(until)})
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
