import type { Context } from '../../../context.ts';
import { withRetries } from '../../../db/transaction.ts';
import { BALANCE_DUE, overdueHold } from '../../../db/predicates.ts';
import type { BookingKind, BookingStatus } from '../../../domain/booking-status.ts';
import type { PlainDate } from '../../../domain/time/calendar.ts';

/** More bookings than staff decide on in a day. */
const MAX_APPROVALS = 100;

/** Totals of the bookings in one status. Amounts are minor units. */
export interface StatusCount {
  readonly status: BookingStatus;
  readonly count: number;
  /** Bookings that begin today at the property; bookings that begin later than now, and the guests of these. */
  readonly today: number;
  readonly upcoming: number;
  readonly upcomingGuests: number;
  /** Holds before their deadline. */
  readonly holds: number;
  readonly paid: number;
  readonly balanceDue: number;
}

export interface PendingApproval {
  readonly code: string;
  readonly startsAt: Date;
  /** Lapse of the authorization; null without an authorization. */
  readonly captureBefore: Date | null;
}

/** Figures for a property's staff. */
export interface Dashboard {
  readonly today: PlainDate;
  readonly byStatus: readonly StatusCount[];
  /** By lapse of the authorization, earliest first. */
  readonly pendingApprovals: readonly PendingApproval[];
  /** Payments less refunds of the property's today. */
  readonly revenueToday: number;
  readonly failedWebhooks: number;
}

interface DashboardQuery {
  readonly propertyId: string;
  readonly kind: BookingKind;
}

/** Reads the dashboard of a property's bookings of one kind in three queries. */
export async function readDashboard(ctx: Pick<Context, 'db'>, query: DashboardQuery): Promise<Dashboard> {
  const { propertyId, kind } = query;
  const pendingApprovals = await ctx.db.booking.findMany({
    where: { propertyId, kind, status: 'PENDING_APPROVAL' },
    select: { code: true, startsAt: true, captureBefore: true },
    orderBy: [{ captureBefore: { sort: 'asc', nulls: 'last' } }, { startsAt: 'asc' }],
    take: MAX_APPROVALS,
  });
  return { ...(await readToday(ctx, query)), byStatus: await countByStatus(ctx, query), pendingApprovals };
}

async function countByStatus(ctx: Pick<Context, 'db'>, { propertyId, kind }: DashboardQuery): Promise<StatusCount[]> {
  const rows = await withRetries(
    () => ctx.db.$queryRaw<(Omit<StatusCount, 'paid' | 'balanceDue'> & { paid: bigint; due: bigint })[]>`
      SELECT b.status, count(*)::int AS count,
        count(*) FILTER (WHERE (b.starts_at AT TIME ZONE p.timezone)::date = (app_now() AT TIME ZONE p.timezone)::date)::int AS today,
        count(*) FILTER (WHERE b.starts_at > app_now())::int AS upcoming,
        coalesce(sum(coalesce(a.adults + a.children, s.adults + s.children)) FILTER (WHERE b.starts_at > app_now()), 0)::int AS "upcomingGuests",
        count(*) FILTER (WHERE b.status = 'PENDING_PAYMENT' AND NOT ${overdueHold()})::int AS holds,
        coalesce(sum(b.paid_amount), 0)::bigint AS paid,
        coalesce(sum(${BALANCE_DUE}), 0)::bigint AS due
      FROM bookings b JOIN properties p ON p.id = b.property_id
      LEFT JOIN appointments a ON a.booking_id = b.id LEFT JOIN stays s ON s.booking_id = b.id
      WHERE b.property_id = ${propertyId}::uuid AND b.kind = ${kind}::booking_kind
      GROUP BY b.status`,
  );
  return rows.map(({ paid, due, ...row }) => ({ ...row, paid: Number(paid), balanceDue: Number(due) }));
}

async function readToday(
  ctx: Pick<Context, 'db'>,
  { propertyId, kind }: DashboardQuery,
): Promise<Pick<Dashboard, 'today' | 'revenueToday' | 'failedWebhooks'>> {
  // The history has every change of the paid amount with its time.
  const [row] = await withRetries(
    () => ctx.db.$queryRaw<{ today: PlainDate; revenue: bigint; failed: number }[]>`
      WITH now AS MATERIALIZED (
        SELECT p.timezone, (app_now() AT TIME ZONE p.timezone)::date AS today FROM properties p WHERE p.id = ${propertyId}::uuid
      )
      SELECT to_char(now.today, 'YYYY-MM-DD') AS today,
        (SELECT coalesce(sum((e.changes #>> '{paidAmount,1}')::bigint - (e.changes #>> '{paidAmount,0}')::bigint), 0)::bigint
          FROM bookings b JOIN booking_events e ON e.booking_id = b.id
          WHERE b.property_id = ${propertyId}::uuid AND b.kind = ${kind}::booking_kind
            AND b.updated_at >= now.today::timestamp AT TIME ZONE now.timezone
            AND e.at >= now.today::timestamp AT TIME ZONE now.timezone AND e.changes ? 'paidAmount') AS revenue,
        (SELECT count(*)::int FROM webhook_events w WHERE w.property_id = ${propertyId}::uuid AND w.state = 'FAILED') AS failed
      FROM now`,
  );
  if (row === undefined) throw new Error(`Bug: property ${propertyId} does not exist`);
  return { today: row.today, revenueToday: Number(row.revenue), failedWebhooks: row.failed };
}
