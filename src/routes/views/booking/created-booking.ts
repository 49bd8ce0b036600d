import { z } from 'zod';
import type { Context } from '../../../context.ts';
import type { CreatedBooking } from '../../../services/new-booking/write-booking.ts';
import { bookingView, staffBookingView, viewBooking, viewStaffBooking } from './booking.ts';
import { exampleBooking, exampleStaffBooking } from './booking-example.ts';

export const createdBookingView = z
  .object({
    booking: bookingView,
    guestToken: z
      .string()
      .nullable()
      .describe('Opens the guest portal for this booking. Shown once. Null in a dry run.'),
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

/** The one answer in which a guest's token is shown. A dry run has neither a code nor a token. */
export function viewCreatedBooking(
  ctx: Pick<Context, 'config' | 'request'>,
  { booking, guestToken }: CreatedBooking,
): z.output<typeof createdBookingView> {
  if (ctx.request.isDryRun) {
    return { booking: { ...viewBooking(booking), code: 'DRY-RUN' }, guestToken: null, manageUrl: null };
  }
  return { booking: viewBooking(booking), guestToken, manageUrl: manageUrlOf(ctx, guestToken) };
}

/** Where a guest manages the booking. The token is behind the #, where no server and no log sees it. */
export function manageUrlOf(ctx: Pick<Context, 'config'>, guestToken: string): string {
  return `${ctx.config.PUBLIC_URL}/manage#${guestToken}`;
}

export const createdStaffBookingView = createdBookingView.extend({ booking: staffBookingView }).meta({
  examples: [{ booking: exampleStaffBooking, guestToken: 'wq3k…', manageUrl: 'https://book.example/manage#wq3k…' }],
});

/** The same for staff, with what only they see. */
export function viewCreatedStaffBooking(
  ctx: Pick<Context, 'config' | 'request'>,
  created: CreatedBooking,
): z.output<typeof createdStaffBookingView> {
  const { booking, guestToken, manageUrl } = viewCreatedBooking(ctx, created);
  return { booking: { ...viewStaffBooking(created.booking), code: booking.code }, guestToken, manageUrl };
}
