import type { Context } from '../../context.ts';
import type { BookingStatus } from '../../domain/booking-status.ts';

export interface AppointmentCount {
  readonly status: BookingStatus;
  readonly count: number;
  /** Of those, how many begin today at the property, and how many are still to come. */
  readonly today: number;
  readonly upcoming: number;
  /** In minor units. */
  readonly paid: number;
}

/** How many appointments a property has in each status. One query. */
export async function countAppointments(ctx: Pick<Context, 'db'>, propertyId: string): Promise<AppointmentCount[]> {
  const rows = await ctx.db.$queryRaw<(Omit<AppointmentCount, 'paid'> & { paid: bigint })[]>`
    SELECT b.status, count(*)::int AS count,
      count(*) FILTER (WHERE (b.starts_at AT TIME ZONE p.timezone)::date = (app_now() AT TIME ZONE p.timezone)::date)::int AS today,
      count(*) FILTER (WHERE b.starts_at > app_now())::int AS upcoming,
      coalesce(sum(b.paid_amount), 0)::bigint AS paid
    FROM bookings b JOIN properties p ON p.id = b.property_id
    WHERE b.property_id = ${propertyId}::uuid AND b.kind = 'APPOINTMENT'
    GROUP BY b.status`;
  return rows.map((row) => ({ ...row, paid: Number(row.paid) }));
}
