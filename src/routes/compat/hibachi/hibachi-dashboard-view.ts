import { z } from 'zod';
import type { AppointmentCount } from '../../../services/booking/count-appointments.ts';
import { HIBACHI_STATUS_OF } from './hibachi-view.ts';

export const hibachiDashboard = z.object({
  total_bookings: z.int(),
  pending: z.int(),
  confirmed: z.int(),
  completed: z.int(),
  cancelled: z.int(),
  no_show: z.int(),
  today: z.int().describe('Parties that begin today; neither cancelled nor declined, as all below.'),
  upcoming: z.int(),
  paid_cents: z.int().describe('Paid for them, less what was given back.'),
});

export const exampleDashboard = {
  ...{ total_bookings: 12, pending: 2, confirmed: 5, completed: 3, cancelled: 1, no_show: 1 },
  ...{ today: 1, upcoming: 6, paid_cents: 120000 },
};

export function viewDashboard(counts: readonly AppointmentCount[]): z.output<typeof hibachiDashboard> {
  const sum = (of: readonly AppointmentCount[], member: 'count' | 'today' | 'upcoming' | 'paid') =>
    of.reduce((total, each) => total + each[member], 0);
  const of = (status: (typeof HIBACHI_STATUS_OF)[keyof typeof HIBACHI_STATUS_OF]) =>
    counts.filter((each) => HIBACHI_STATUS_OF[each.status] === status);
  const real = counts.filter((each) => HIBACHI_STATUS_OF[each.status] !== 'CANCELLED');
  return {
    total_bookings: sum(counts, 'count'),
    pending: sum(of('PENDING'), 'count'),
    confirmed: sum(of('CONFIRMED'), 'count'),
    completed: sum(of('COMPLETED'), 'count'),
    cancelled: sum(of('CANCELLED'), 'count'),
    no_show: sum(of('NO_SHOW'), 'count'),
    today: sum(real, 'today'),
    upcoming: sum(real, 'upcoming'),
    paid_cents: sum(real, 'paid'),
  };
}
