import { z } from 'zod';
import type { Dashboard, StatusCount } from '../../../services/property/read-dashboard.ts';
import { exampleHibachi, HIBACHI_STATUS_OF, hibachiView } from './hibachi-view.ts';
import type { HibachiBooking } from './hibachi-view.ts';

export const hibachiDashboard = z.object({
  date: z.string().describe('Today, at the property.'),
  total_bookings: z.int(),
  pending: z.int(),
  confirmed: z.int(),
  completed: z.int(),
  cancelled: z.int(),
  no_show: z.int(),
  today: z.int().describe('Parties that begin today; neither cancelled nor declined, as all below.'),
  upcoming: z.int(),
  upcoming_guests: z.int().describe('Of the upcoming ones.'),
  todays_parties: z.array(hibachiView).describe('In order of their start.'),
  holds: z.int().describe('Waiting to be paid, their station held.'),
  pending_approvals: z
    .array(
      z.object({
        code: z.string(),
        starts_at: z.string(),
        capture_before: z.string().nullable().describe('When the authorization ends; null where there is none.'),
      }),
    )
    .describe('The one whose authorization ends first comes first.'),
  revenue_today_cents: z.int().describe('Paid today, less what was given back today.'),
  paid_cents: z.int().describe('Paid for them, less what was given back.'),
  balance_due_cents: z
    .int()
    .describe('What is still to be paid for parties that stand: the total, less what was paid.'),
  failed_webhooks: z.int().describe('Messages of the payment gateway that could not be worked off.'),
});

export const exampleDashboard = {
  date: '2027-05-14',
  ...{ total_bookings: 12, pending: 2, confirmed: 5, completed: 3, cancelled: 1, no_show: 1 },
  ...{ today: 1, upcoming: 6, upcoming_guests: 70, todays_parties: [exampleHibachi], holds: 1 },
  pending_approvals: [
    { code: 'BK-2027-0043', starts_at: '2027-05-20T01:00:00.000Z', capture_before: '2027-05-16T12:00:00.000Z' },
  ],
  ...{ revenue_today_cents: 10000, paid_cents: 120000, balance_due_cents: 230000, failed_webhooks: 0 },
};

export function viewDashboard(
  dashboard: Dashboard,
  todaysParties: HibachiBooking[],
): z.output<typeof hibachiDashboard> {
  const counts = dashboard.byStatus;
  const sum = (of: readonly StatusCount[], member: Exclude<keyof StatusCount, 'status'>) =>
    of.reduce((total, each) => total + each[member], 0);
  const of = (status: (typeof HIBACHI_STATUS_OF)[keyof typeof HIBACHI_STATUS_OF]) =>
    counts.filter((each) => HIBACHI_STATUS_OF[each.status] === status);
  const real = counts.filter((each) => HIBACHI_STATUS_OF[each.status] !== 'CANCELLED');
  const standing = counts.filter(({ status }) => ['PENDING_APPROVAL', 'CONFIRMED', 'IN_HOUSE'].includes(status));
  return {
    date: dashboard.today,
    total_bookings: sum(counts, 'count'),
    pending: sum(of('PENDING'), 'count'),
    confirmed: sum(of('CONFIRMED'), 'count'),
    completed: sum(of('COMPLETED'), 'count'),
    cancelled: sum(of('CANCELLED'), 'count'),
    no_show: sum(of('NO_SHOW'), 'count'),
    today: sum(real, 'today'),
    upcoming: sum(real, 'upcoming'),
    upcoming_guests: sum(real, 'upcomingGuests'),
    todays_parties: todaysParties,
    holds: sum(counts, 'holds'),
    pending_approvals: dashboard.pendingApprovals.map(({ code, startsAt, captureBefore }) => ({
      code,
      starts_at: startsAt.toISOString(),
      capture_before: captureBefore?.toISOString() ?? null,
    })),
    revenue_today_cents: dashboard.revenueToday,
    paid_cents: sum(real, 'paid'),
    balance_due_cents: sum(standing, 'balanceDue'),
    failed_webhooks: dashboard.failedWebhooks,
  };
}
