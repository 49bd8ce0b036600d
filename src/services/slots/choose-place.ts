import { byWorkload, SLOT_CODES, slotTermsOf } from '../../domain/availability/appointment.ts';
import type { ProviderOffer } from '../../domain/availability/appointment.ts';
import { addDays, dateInZone, startOfDate } from '../../domain/time/calendar.ts';
import { explainSlot } from '../../domain/availability/slots.ts';
import type { SlotReason } from '../../domain/availability/slots.ts';
import { spellLocal } from '../../domain/time/wall-time.ts';
import { AppError } from '../../errors.ts';
import type { FoundService } from './read-slots.ts';

/** Which reason is told when several stand against a start: the one that another provider's freedom would mend. */
const NEAREST: readonly SlotReason[] = ['TAKEN', 'OFF_GRID', 'CLOSED', 'NOTICE', 'WINDOW', 'PAST'];

interface Start {
  readonly startsAt: number;
  readonly isStaff: boolean;
}

/** Who is free for this start, who has least to do that day first; and if nobody is, why. */
export function explainStart(
  offer: FoundService,
  { startsAt, isStaff }: Start,
): { free: ProviderOffer[]; reason: SlotReason | null } {
  const { service, providers, property } = offer;
  const { timezone } = property;
  const terms = { ...slotTermsOf(offer, service, isStaff), startsAt, now: offer.now.getTime(), offGrid: isStaff };
  const reasons = new Map(providers.map((provider) => [provider, explainSlot({ ...terms, provider })]));
  const free = providers.filter((provider) => reasons.get(provider) === null);
  if (free.length === 0) {
    return { free, reason: NEAREST.find((each) => [...reasons.values()].includes(each)) ?? 'CLOSED' };
  }
  const day = dateInZone(new Date(startsAt), timezone);
  const [from, until] = [startOfDate(day, timezone).getTime(), startOfDate(addDays(day, 1), timezone).getTime()];
  return { free: byWorkload(free, { from, until }), reason: null };
}

/**
 * Who can be asked for this start, in order.
 *
 * Empty when all are taken: whether that is so is for the booking statement to say.
 * Throws: past_time, beyond_booking_window, notice_too_short, outside_hours, start_not_offered.
 */
export function choosePlace(offer: FoundService, start: Start): ProviderOffer[] {
  const { free, reason } = explainStart(offer, start);
  if (reason === null || reason === 'TAKEN') return free;
  const { phone, timezone } = offer.property;
  throw new AppError(SLOT_CODES[reason], {
    detail: `${spellLocal(new Date(start.startsAt), timezone)} can't be booked.`,
    extra: { reason, timezone, ...(phone !== null && { phone }) },
  });
}
