import type { ErrorCode } from '../../../errors.ts';

/** Error codes of every new booking. */
const COMMON_ERRORS = [
  'not_found',
  'past_time',
  'beyond_booking_window',
  'notice_too_short',
  'occupancy_exceeded',
] as const satisfies readonly ErrorCode[];

/** Error codes of a new stay. */
export const STAY_ERRORS = [
  ...COMMON_ERRORS,
  'sold_out',
  'closed',
  'closed_to_arrival',
  'closed_to_departure',
  'min_stay',
  'max_stay',
] as const satisfies readonly ErrorCode[];

/** Error codes of a new appointment. */
export const APPOINTMENT_ERRORS = [
  ...COMMON_ERRORS,
  'slot_taken',
  'outside_hours',
  'start_not_offered',
  'outside_zone',
  'local_time_skipped',
  'local_time_ambiguous',
] as const satisfies readonly ErrorCode[];

/** Error codes of a new booking of either kind. */
export const BOOKING_ERRORS = [
  ...STAY_ERRORS,
  ...APPOINTMENT_ERRORS,
  'promo_invalid',
] as const satisfies readonly ErrorCode[];
