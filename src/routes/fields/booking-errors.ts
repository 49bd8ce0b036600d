import type { ErrorCode } from '../../errors.ts';

/** What can stand against whatever is booked. */
const EITHER = [
  ...(['not_found', 'past_time', 'beyond_booking_window', 'notice_too_short', 'occupancy_exceeded'] as const),
] as const satisfies readonly ErrorCode[];

/** What can stand against a stay. */
export const STAY_ERRORS = [...EITHER, 'sold_out', 'closed', 'min_stay'] as const satisfies readonly ErrorCode[];

/** What can stand against an appointment. */
export const APPOINTMENT_ERRORS = [
  ...EITHER,
  ...(['slot_taken', 'outside_hours', 'start_not_offered', 'outside_zone'] as const),
  ...(['local_time_skipped', 'local_time_ambiguous'] as const),
] as const satisfies readonly ErrorCode[];

/** What can stand against a booking of either kind. */
export const BOOKING_ERRORS = [
  ...STAY_ERRORS,
  ...APPOINTMENT_ERRORS,
  'promo_invalid',
] as const satisfies readonly ErrorCode[];
