import type { Context } from '../../../context.ts';
import { priceService } from '../../../domain/availability/appointment.ts';
import type { AppointmentRequest } from '../../../domain/availability/appointment.ts';
import type { Price, Promo } from '../../../domain/money/price/price.ts';
import type { SlotReason } from '../../../domain/availability/slots.ts';
import { explainStart } from '../../stock/time/choose-providers.ts';
import { readSlots } from '../../stock/time/read-slots.ts';
import { readStartAt } from '../../stock/time/read-start.ts';
import { chooseZone } from '../../../domain/availability/choose-zone.ts';
import { validatePromo } from '../../stock/redemption/validate-promo.ts';
import { findPromo } from '../../stock/redemption/find-promo.ts';

export interface AppointmentQuote {
  readonly price: Price;
  /** Number of free providers. */
  readonly available: number;
  readonly reason: SlotReason | null;
}

/**
 * Quotes the price that an appointment booked now would have, and tells whether the start can be booked.
 *
 * Throws: not_found, local_time_skipped, local_time_ambiguous, promo_invalid, the errors of `chooseZone`.
 */
export async function quoteAppointment(
  ctx: Context,
  input: AppointmentRequest & {
    slug: string;
    service: string;
    provider: string | null;
    startsAt: string;
    promoCode: string | null;
  },
): Promise<AppointmentQuote> {
  const day = input.startsAt.slice(0, 10);
  const offer = await readSlots(ctx, { ...input, from: day, to: day });
  const { timezone } = offer.property;
  const startsAt = readStartAt(input.startsAt, timezone);
  const requested = await findPromo(ctx, { propertyId: offer.property.id, code: input.promoCode });
  const { service, terms, now } = offer;
  const zone = chooseZone(offer, input, false);
  const priceWith = (promo: Promo | null) =>
    priceService({ service, terms, startsAt, timezone, request: input, zone, promo });
  const amount = () => priceWith(null).baseAmount;
  const promo = validatePromo(requested, { now, sold: { service: service.code }, isStaff: false, amount });
  const { free, reason } = explainStart(offer, { startsAt: startsAt.getTime(), isStaff: false });
  return { price: priceWith(promo), available: free.length, reason };
}
