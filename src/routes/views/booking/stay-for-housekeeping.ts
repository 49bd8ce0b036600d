import type { z } from 'zod';
import type { BookingSnapshot } from '../../../domain/booking.ts';
import { staffBookingView, viewStaffBooking } from './booking.ts';
import { exampleStaffBooking } from './booking-example.ts';

/** A stay as housekeeping sees it: who has which room, from when until when, and what they wished for. */
export const stayForHousekeeping = staffBookingView
  .pick({
    ...{ code: true, status: true, specialRequests: true, stay: true },
    ...{ startsAt: true, endsAt: true, checkedInAt: true, checkedOutAt: true },
  })
  .extend({ guest: staffBookingView.shape.guest.pick({ firstName: true, lastName: true }) })
  .describe('What housekeeping is answered: no contacts, nobody else’s names, no prices and no payments.');

/** Parsing keeps what is named above and nothing else. */
export function viewStayForHousekeeping(booking: BookingSnapshot): z.output<typeof stayForHousekeeping> {
  return stayForHousekeeping.parse(viewStaffBooking(booking));
}

export const exampleStayForHousekeeping = stayForHousekeeping.parse(exampleStaffBooking);
