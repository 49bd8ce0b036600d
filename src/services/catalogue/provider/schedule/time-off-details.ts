import { z } from 'zod';
import { formatLocal } from '../../../../domain/time/wall-time.ts';
import { storedResponse } from '../../../core/idempotency/stored-response.ts';

/** A time in which a provider takes no appointments. */
export const timeOffDetails = z.object({
  id: z.string(),
  startsAt: z.string(),
  endsAt: z.string(),
  /** Wall times at the property. */
  localStart: z.string(),
  localEnd: z.string(),
  reason: z.string().nullable(),
});
export type TimeOffDetails = Readonly<z.output<typeof timeOffDetails>>;

export const storedTimeOff = storedResponse('time off', timeOffDetails.readonly());

/** Converts a row of time off to details, with wall times of `timezone`. */
export function toTimeOffDetails(
  timeOff: { readonly id: string; readonly startsAt: Date; readonly endsAt: Date; readonly reason: string | null },
  timezone: string,
): TimeOffDetails {
  const { id, startsAt, endsAt, reason } = timeOff;
  return {
    id,
    startsAt: startsAt.toISOString(),
    endsAt: endsAt.toISOString(),
    localStart: formatLocal(startsAt, timezone),
    localEnd: formatLocal(endsAt, timezone),
    reason,
  };
}
