import { z } from 'zod';
import type { Context, RequestContext } from '../../../../context.ts';
import type { CreatedBooking } from '../../../../services/selling/new-booking/created-booking.ts';
import { bookingView, staffBookingView, viewBooking, viewStaffBooking } from './booking.ts';
import { exampleBooking, exampleStaffBooking } from './booking-example.ts';

export const createdBookingView = z
  .object({
    booking: bookingView,
    guestToken: z.string().nullable().describe('Token of the guest for this booking, shown once. Null in a dry run.'),
    manageUrl: z.string().nullable(),
  })
  .meta({
    examples: [
      {
        booking: exampleBooking,
        guestToken: 'wq3kPwm1c0p8y2n4rT6uVxZaBcDeFgHiJkLmNoPqRsT',
        manageUrl: 'https://book.example/manage#wq3kPwm1c0p8y2n4rT6uVxZaBcDeFgHiJkLmNoPqRsT',
      },
    ],
  });

/** Formats a new booking with the guest token, which no other response contains. A dry run has no code and no token. */
export function viewCreatedBooking(
  ctx: Pick<RequestContext, 'config' | 'request'>,
  { booking, guestToken }: CreatedBooking,
): z.output<typeof createdBookingView> {
  if (ctx.request.isDryRun) {
    return { booking: { ...viewBooking(booking), code: 'DRY-RUN' }, guestToken: null, manageUrl: null };
  }
  return { booking: viewBooking(booking), guestToken, manageUrl: manageUrlOf(ctx, guestToken) };
}

/** Builds the guest's link to the booking. The token is in the fragment, which browsers never send to servers. */
export function manageUrlOf(ctx: Pick<Context, 'config'>, guestToken: string): string {
  return `${ctx.config.PUBLIC_URL}/manage#${guestToken}`;
}

export const createdStaffBookingView = createdBookingView.extend({ booking: staffBookingView }).meta({
  examples: [{ booking: exampleStaffBooking, guestToken: 'wq3k…', manageUrl: 'https://book.example/manage#wq3k…' }],
});

/** Formats a new booking for staff. */
export function viewCreatedStaffBooking(
  ctx: Pick<RequestContext, 'config' | 'request'>,
  created: CreatedBooking,
): z.output<typeof createdStaffBookingView> {
  const { booking, guestToken, manageUrl } = viewCreatedBooking(ctx, created);
  return { booking: { ...viewStaffBooking(created.booking), code: booking.code }, guestToken, manageUrl };
}
