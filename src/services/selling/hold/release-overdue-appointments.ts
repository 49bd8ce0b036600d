import type { Queryable, Tx } from '../../../db/client.ts';
import { lockBookingRow, lockProviders } from '../../../db/locks.ts';
import { overdueHold } from '../../../db/predicates.ts';
import { describeExpiry } from './log-expiry.ts';
import type { ExpiredHold } from './log-expiry.ts';
import { isOverdue } from '../../../domain/booking/hold.ts';
import { expireHoldInTx } from './release-overdue-holds.ts';

/** A requested time of providers: [from, until), in epoch milliseconds. */
interface RequestedTime {
  readonly providers: readonly { readonly id: string; readonly version: number }[];
  readonly from: number;
  readonly until: number;
}

/** Tells whether a second try can succeed: an overdue hold blocks the time, or a schedule changed since its read. */
export async function canUnblockTime(
  db: Pick<Queryable, '$queryRaw'>,
  { providers, from, until }: RequestedTime,
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
        AND ${overdueHold()}
    ) AS changed`;
  return rows[0]?.changed === true;
}

/**
 * Expires the overdue holds that block a requested time of providers.
 *
 * Locks: the providers, then each booking, in the order of ids. Returns: the expired holds.
 */
export async function releaseOverdueAppointments(
  tx: Tx,
  {
    providers,
    from,
    until,
    requestId,
  }: Omit<RequestedTime, 'providers'> & {
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
      AND ${overdueHold()}
    ORDER BY b.id`;
  const expired: ExpiredHold[] = [];
  for (const { id } of holds) {
    const booking = await lockBookingRow(tx, id);
    if (booking === null || !isOverdue(booking)) continue;
    await expireHoldInTx(tx, booking, requestId);
    expired.push(describeExpiry(booking));
  }
  return expired;
}
