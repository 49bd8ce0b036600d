import type { LockedBooking } from '../../db/locks.ts';

const MINUTE_MS = 60_000;

/** Until when the place of a request is kept whose card came to nothing, so that it can be paid again: as long as a hold. */
export function payAgainUntil({ now, holdMinutes }: Pick<LockedBooking, 'now' | 'holdMinutes'>): Date {
  return new Date(now.getTime() + holdMinutes * MINUTE_MS);
}
