import { z } from 'zod';
import type { Dashboard, StatusCount } from '../../../services/desk/report/read-dashboard.ts';
import { exampleHibachi, HIBACHI_STATUS_OF, hibachiView } from './hibachi-view.ts';
import type { HibachiBooking } from './hibachi-view.ts';

export const hibachiDashboard = z.object({
  date: z.string().describe('Today in the property’s timezone.'),
  total_bookings: z.int(),
  pending: z.int(),
  confirmed: z.int(),
  completed: z.int(),
  cancelled: z.int(),
  no_show: z.int(),
  today: z.int().describe('Parties that start today. From here on, cancelled and declined parties are not counted.'),
  upcoming: z.int(),
  upcoming_guests: z.int().describe('Guests of the upcoming parties.'),
  todays_parties: z.array(hibachiView).describe('Sorted by start.'),
  holds: z.int().describe('Unpaid parties with a held station.'),
  pending_approvals: z
    .array(
      z.object({
        code: z.string(),
        starts_at: z.string(),
        capture_before: z
          .string()
          .nullable()
          .describe('The end of the card authorization; null without an authorization.'),
      }),
    )
    .describe('The earliest end of authorization first.'),
  revenue_today_cents: z.int().describe('Payments of today minus refunds of today.'),
  paid_cents: z.int().describe('Payments for these parties minus refunds.'),
  balance_due_cents: z.int().describe('The unpaid balance of active parties.'),
  failed_webhooks: z.int().describe('Webhook events of the payment gateway that failed to process.'),
});

export const exampleDashboard = {
  date: '2027-05-14',
  total_bookings: 12,
  pending: 2,
  confirmed: 5,
  completed: 3,
  cancelled: 1,
  no_show: 1,
  today: 1,
  upcoming: 6,
  upcoming_guests: 70,
  todays_parties: [exampleHibachi],
  holds: 1,
  pending_approvals: [
    { code: 'BK-2027-0043', starts_at: '2027-05-20T01:00:00.000Z', capture_before: '2027-05-16T12:00:00.000Z' },
  ],
  revenue_today_cents: 10000,
  paid_cents: 120000,
  balance_due_cents: 230000,
  failed_webhooks: 0,
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
  const notCancelled = counts.filter((each) => HIBACHI_STATUS_OF[each.status] !== 'CANCELLED');
  const active = counts.filter(({ status }) => ['PENDING_APPROVAL', 'CONFIRMED', 'IN_HOUSE'].includes(status));
  return {
    date: dashboard.today,
    total_bookings: sum(counts, 'count'),
    pending: sum(of('PENDING'), 'count'),
    confirmed: sum(of('CONFIRMED'), 'count'),
    completed: sum(of('COMPLETED'), 'count'),
    cancelled: sum(of('CANCELLED'), 'count'),
    no_show: sum(of('NO_SHOW'), 'count'),
    today: sum(notCancelled, 'today'),
    upcoming: sum(notCancelled, 'upcoming'),
    upcoming_guests: sum(notCancelled, 'upcomingGuests'),
    todays_parties: todaysParties,
    holds: sum(counts, 'holds'),
    pending_approvals: dashboard.pendingApprovals.map(({ code, startsAt, captureBefore }) => ({
      code,
      starts_at: startsAt.toISOString(),
      capture_before: captureBefore?.toISOString() ?? null,
    })),
    revenue_today_cents: dashboard.revenueToday,
    paid_cents: sum(notCancelled, 'paid'),
    balance_due_cents: sum(active, 'balanceDue'),
    failed_webhooks: dashboard.failedWebhooks,
  };
}
