import { AppError } from '../../errors.ts';
import type { ActorType, BookingKind } from '../booking-status.ts';

/** The instants of a booking that its deadlines follow. `now` is the database's clock. */
export interface BookingTimes {
  readonly kind: BookingKind;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly now: Date;
}

/**
 * Returns the instant at which a booking can no longer be held, paid, approved or revived.
 *
 * An appointment is sold until it starts, a stay until check-out time: its night under way can still be used.
 */
export function cutOffOf({ kind, startsAt, endsAt }: Omit<BookingTimes, 'now'>): Date {
  return kind === 'APPOINTMENT' ? startsAt : endsAt;
}

/** Tells whether the cut-off has passed. */
export function isPastCutOff(times: BookingTimes): boolean {
  return times.now >= cutOffOf(times);
}

/** Returns the deadline, or the cut-off where the deadline is later. */
export function capAtCutOff(deadline: Date, times: Omit<BookingTimes, 'now'>): Date {
  const cutOff = cutOffOf(times);
  return deadline < cutOff ? deadline : cutOff;
}

/** Refuses a decision on a booking that has taken place or whose time has passed. Throws: too_late. */
export function assertBeforeCutOff(times: BookingTimes): void {
  if (!isPastCutOff(times)) return;
  throw new AppError('too_late', { detail: `This was possible until ${cutOffOf(times).toISOString()}.` });
}

/** Refuses a guest's or an agent's cancellation after the start; staff decide then. Throws: too_late. */
export function assertCancellableBy(actor: ActorType, { startsAt, now }: Pick<BookingTimes, 'startsAt' | 'now'>): void {
  if (actor === 'STAFF' || now < startsAt) return;
  throw new AppError('too_late', {
    detail: `The booking began at ${startsAt.toISOString()}. Only the property can cancel it now.`,
  });
}
