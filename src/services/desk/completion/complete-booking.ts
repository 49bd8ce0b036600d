import type { RequestContext } from '../../../context.ts';
import type { Tx } from '../../../db/client.ts';
import type { BookingSnapshot } from '../../../domain/booking/booking.ts';
import { assertAllowed } from '../../../domain/booking-status.ts';
import { actOnBooking } from '../../core/booking/act-on-booking.ts';
import type { BookingActionInput, BookingStepInput } from '../../core/booking/act-on-booking.ts';
import { lockBookingWithAllocation } from '../../core/booking/lock-booking.ts';
import { recognizeRest } from '../../money/ledger/recognize-earnings.ts';
import { checkOutStay } from './check-out-stay.ts';
import { completeAppointment } from './complete-appointment.ts';

interface Completion extends BookingActionInput {
  /** Why staff waive the balance; null: the balance must be paid. */
  readonly waiveBalance: string | null;
}

/**
 * Completes a stay or an appointment and recognizes the rest of its money as earned.
 *
 * Throws: not_found, version_conflict, invalid_transition, payment_in_progress, balance_due; too_early for an
 * appointment that has not begun.
 */
export async function completeBooking(ctx: RequestContext, input: Completion): Promise<BookingSnapshot> {
  const { author } = ctx;
  return actOnBooking(ctx, 'booking/check-out', input, (tx) => completeBookingInTx(tx, { ...input, author }));
}

/** Completes a booking in the caller's transaction. Returns: the booking's id. */
export async function completeBookingInTx(tx: Tx, input: Completion & BookingStepInput): Promise<string> {
  const { author } = input;
  const booking = await lockBookingWithAllocation(tx, input);
  assertAllowed({ action: 'complete', kind: booking.kind, from: booking.status, by: author.actor.type });
  switch (booking.kind) {
    case 'STAY':
      await checkOutStay(tx, { ...input, booking });
      break;
    case 'APPOINTMENT':
      await completeAppointment(tx, { ...input, booking });
      break;
  }
  await recognizeRest(tx, { booking, author });
  return booking.id;
}
