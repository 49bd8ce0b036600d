import type { Context } from '../../context.ts';
import { createAppointmentBooking } from './create-appointment-booking.ts';
import { createStayBooking } from './create-stay-booking.ts';
import type { NewAppointmentBooking } from './draft-appointment.ts';
import type { NewStayBooking } from './draft-stay.ts';
import type { CreatedBooking } from './write-booking.ts';

/** Makes a booking of whatever kind. */
export async function createBooking(
  ctx: Context,
  input: NewStayBooking | NewAppointmentBooking,
): Promise<CreatedBooking> {
  return 'stay' in input ? createStayBooking(ctx, input) : createAppointmentBooking(ctx, input);
}
