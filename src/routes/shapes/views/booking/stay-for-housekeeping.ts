import type { z } from 'zod';
import type { BookingSnapshot } from '../../../../domain/booking/booking.ts';
import { staffBookingView, viewStaffBooking } from './booking.ts';
import { exampleStaffBooking } from './booking-example.ts';

/** A stay, for housekeeping: guest name, room, times and special requests. */
export const stayForHousekeeping = staffBookingView
  .pick({
    code: true,
    status: true,
    specialRequests: true,
    stay: true,
    startsAt: true,
    endsAt: true,
    checkedInAt: true,
    checkedOutAt: true,
  })
  .extend({ guest: staffBookingView.shape.guest.pick({ firstName: true, lastName: true }) })
  .describe('The form for housekeeping, without contacts, companions, prices and payments.');

/** Formats a stay for housekeeping. Parsing drops every member outside the schema. */
export function viewStayForHousekeeping(booking: BookingSnapshot): z.output<typeof stayForHousekeeping> {
  return stayForHousekeeping.parse(viewStaffBooking(booking));
}

export const exampleStayForHousekeeping = stayForHousekeeping.parse(exampleStaffBooking);
