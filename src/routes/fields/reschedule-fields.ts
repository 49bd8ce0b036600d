import { z } from 'zod';
import type { ErrorCode } from '../../errors.ts';
import { catalogueCode, plainDate } from '../../http/contract/fields.ts';
import type { Destination } from '../../services/reschedule/plan-move.ts';
import { APPOINTMENT_ERRORS, start } from './appointment-fields.ts';
import { checkNights } from './stay-fields.ts';

const slot = z.strictObject({
  startsAt: start,
  provider: catalogueCode.optional().describe('The same as before if free, else whoever is, when nobody is named.'),
});
const nights = z.strictObject({ checkIn: plainDate, checkOut: plainDate }).superRefine(checkNights);

/** Where a booking is to go: another time for an appointment, other nights for a stay. */
export const rescheduleBody = z
  .union([slot, nights])
  .meta({ examples: [{ startsAt: '2027-05-19T10:00' }, { checkIn: '2027-05-15', checkOut: '2027-05-17' }] });

export function toDestination(body: z.output<typeof rescheduleBody>): Destination {
  return 'startsAt' in body ? { startsAt: body.startsAt, provider: body.provider ?? null } : body;
}

/** What can stand against a move. */
export const RESCHEDULE_ERRORS = [
  ...(['invalid_transition', 'hold_expired', 'payment_in_progress', 'sold_out', 'past_time', 'closed'] as const),
  ...(['beyond_booking_window', 'notice_too_short', 'min_stay', 'occupancy_exceeded'] as const),
  ...APPOINTMENT_ERRORS,
] as const satisfies readonly ErrorCode[];
