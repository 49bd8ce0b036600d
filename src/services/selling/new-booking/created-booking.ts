import { z } from 'zod';
import { bookingSnapshotSchema } from '../../core/booking/booking-snapshot-schema.ts';
import { storedResponse } from '../../core/idempotency/stored-response.ts';

const createdBookingSchema = z.object({ booking: bookingSnapshotSchema, guestToken: z.string() }).readonly();

/** A new booking and the token of its guest's link. */
export type CreatedBooking = z.output<typeof createdBookingSchema>;

/** A caller who may not have the link learns which booking the first request made. */
export const storedCreation = storedResponse('created booking', createdBookingSchema, ({ booking }) => ({
  bookingCode: booking.code,
  bookingStatus: booking.status,
}));
