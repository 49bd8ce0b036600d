import type { Context } from '../../context.ts';
import { withRetries } from '../../db/transaction.ts';
import type { BookingKind, BookingStatus } from '../../domain/booking-status.ts';
import type { PlainDate } from '../../domain/time/calendar.ts';

/** More than a desk decides on in a day. */
const MAX_APPROVALS = 100;

/** The bookings of one status. Amounts are minor units. */
export interface StatusCount {
  readonly status: BookingStatus;
  readonly count: number;
  /** Of those, how many begin today at the property, and how many are still to come, with how many guests. */
  readonly today: number;
  readonly upcoming: number;
  readonly upcomingGuests: number;
  /** How many hold their place until they are paid; one past its deadline holds nothing. */
  readonly holds: number;
  readonly paid: number;
  readonly balanceDue: number;
}

export interface PendingApproval {
  readonly code: string;
  readonly startsAt: Date;
  /** When the gateway lets go of the money; null where none is authorized. */
  readonly captureBefore: Date | null;
}

/** What a property's desk looks at first. */
export interface Dashboard {
  readonly today: PlainDate;
  readonly byStatus: readonly StatusCount[];
  /** The one whose authorization ends first comes first. */
  readonly pendingApprovals: readonly PendingApproval[];
  /** What was paid today at the property, less what was given back. */
  readonly revenueToday: number;
  readonly failedWebhooks: number;
}

interface Whose {
  readonly propertyId: string;
  readonly kind: BookingKind;
}

/** How a property's bookings of a kind stand at this moment. Three queries, however many there are. */
export async function readDashboard(ctx: Pick<Context, 'db'>, whose: Whose): Promise<Dashboard> {
  const { propertyId, kind } = whose;
  const pendingApprovals = await ctx.db.booking.findMany({
    where: { propertyId, kind, status: 'PENDING_APPROVAL' },
    select: { code: true, startsAt: true, captureBefore: true },
    orderBy: [{ captureBefore: { sort: 'asc', nulls: 'last' } }, { startsAt: 'asc' }],
    take: MAX_APPROVALS,
  });
  return { ...(await readToday(ctx, whose)), byStatus: await countByStatus(ctx, whose), pendingApprovals };
}

async function countByStatus(ctx: Pick<Context, 'db'>, { propertyId, kind }: Whose): Promise<StatusCount[]> {
  const rows = await withRetries(
    () => ctx.db.$queryRaw<(Omit<StatusCount, 'paid' | 'balanceDue'> & { paid: bigint; due: bigint })[]>`
      SELECT b.status, count(*)::int AS count,
        count(*) FILTER (WHERE (b.starts_at AT TIME ZONE p.timezone)::date = (app_now() AT TIME ZONE p.timezone)::date)::int AS today,
        count(*) FILTER (WHERE b.starts_at > app_now())::int AS upcoming,
        coalesce(sum(coalesce(a.adults + a.children, s.adults + s.children)) FILTER (WHERE b.starts_at > app_now()), 0)::int AS "upcomingGuests",
        count(*) FILTER (WHERE b.status = 'PENDING_PAYMENT'
          AND (b.expires_at > app_now() OR b.payment_stage NOT IN ('NONE', 'SESSION_CREATED', 'FAILED')))::int AS holds,
        coalesce(sum(b.paid_amount), 0)::bigint AS paid,
        coalesce(sum(greatest(0, b.total_payable - b.paid_amount - b.waived_amount)), 0)::bigint AS due
      FROM bookings b JOIN properties p ON p.id = b.property_id
      LEFT JOIN appointments a ON a.booking_id = b.id LEFT JOIN stays s ON s.booking_id = b.id
      WHERE b.property_id = ${propertyId}::uuid AND b.kind = ${kind}::booking_kind
      GROUP BY b.status`,
  );
  return rows.map(({ paid, due, ...row }) => ({ ...row, paid: Number(paid), balanceDue: Number(due) }));
}

async function readToday(
  ctx: Pick<Context, 'db'>,
  { propertyId, kind }: Whose,
): Promise<Pick<Dashboard, 'today' | 'revenueToday' | 'failedWebhooks'>> {
  // The history knows of every amount when it came or went.
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
