import { sortByWorkload, SLOT_CODES, computeSlotTerms } from '../../../domain/availability/appointment.ts';
import type { ProviderOffer } from '../../../domain/availability/appointment.ts';
import { addDays, dateInZone, startOfDate } from '../../../domain/time/calendar.ts';
import { explainSlot } from '../../../domain/availability/slots.ts';
import type { SlotReason } from '../../../domain/availability/slots.ts';
import { formatLocal } from '../../../domain/time/wall-time.ts';
import { AppError } from '../../../errors.ts';
import type { FoundService } from './read-slots.ts';

/** The order in which one of several reasons is reported: first the reason that is nearest to a bookable start. */
const NEAREST: readonly SlotReason[] = ['TAKEN', 'OFF_GRID', 'CLOSED', 'NOTICE', 'WINDOW', 'PAST'];

interface RequestedStart {
  readonly startsAt: number;
  readonly isStaff: boolean;
}

/** Finds the providers free at a start, the least booked that day first; without any, the reason. */
export function explainStart(
  offer: FoundService,
  { startsAt, isStaff }: RequestedStart,
): { free: ProviderOffer[]; reason: SlotReason | null } {
  const { service, providers, property } = offer;
  const { timezone } = property;
  const terms = {
    ...computeSlotTerms(offer, service, isStaff),
    startsAt,
    now: offer.now.getTime(),
    allowsOffGrid: isStaff,
  };
  const reasons = new Map(providers.map((provider) => [provider, explainSlot({ ...terms, provider })]));
  const free = providers.filter((provider) => reasons.get(provider) === null);
  if (free.length === 0) {
    return { free, reason: NEAREST.find((each) => [...reasons.values()].includes(each)) ?? 'CLOSED' };
  }
  const day = dateInZone(new Date(startsAt), timezone);
  const [from, until] = [startOfDate(day, timezone).getTime(), startOfDate(addDays(day, 1), timezone).getTime()];
  return { free: sortByWorkload(free, { from, until }), reason: null };
}

/**
 * Chooses the providers for a start, in the order of preference.
 *
 * Throws: past_time, beyond_booking_window, notice_too_short, outside_hours, start_not_offered.
 * Returns: an empty list when all are taken; the booking statement decides then.
 */
export function chooseProviders(offer: FoundService, start: RequestedStart): ProviderOffer[] {
  const { free, reason } = explainStart(offer, start);
  if (reason === null || reason === 'TAKEN') return free;
  const { phone, timezone } = offer.property;
  throw new AppError(SLOT_CODES[reason], {
    detail: `${formatLocal(new Date(start.startsAt), timezone)} can't be booked.`,
    extra: { reason, timezone, ...(phone !== null && { phone }) },
  });
}
