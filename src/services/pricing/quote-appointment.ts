import type { Context } from '../../context.ts';
import { priceService } from '../../domain/availability/appointment.ts';
import type { AppointmentRequest } from '../../domain/availability/appointment.ts';
import type { Price, Promo } from '../../domain/money/price/price.ts';
import type { SlotReason } from '../../domain/availability/slots.ts';
import { explainStart } from '../slots/choose-place.ts';
import { readSlots } from '../slots/read-slots.ts';
import { readStartAt } from '../slots/read-start.ts';
import { chooseZone } from '../new-booking/draft-appointment.ts';
import { admitPromo } from '../promo-use/admit-promo.ts';
import { findPromo } from '../promo-use/find-promo.ts';

export interface AppointmentQuote {
  readonly price: Price;
  /** How many could do it. */
  readonly available: number;
  readonly reason: SlotReason | null;
}

/**
 * What an appointment costs at this moment, and whether it could be booked: the price a booking made now would have.
 *
 * Throws: not_found, local_time_skipped, local_time_ambiguous, promo_invalid, and those of `chooseZone`.
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
  const startsAt = readStartAt(input.startsAt, offer.property.timezone).getTime();
  const asked = await findPromo(ctx, { propertyId: offer.property.id, code: input.promoCode });
  const { service, terms, now } = offer;
  const zone = chooseZone(offer, input, false);
  const priceWith = (promo: Promo | null) => priceService({ service, terms, request: input, zone, promo });
  const amount = () => priceWith(null).baseAmount;
  const promo = admitPromo(asked, { now, sold: { service: service.code }, isStaff: false, amount });
  const { free, reason } = explainStart(offer, { startsAt, isStaff: false });
  return { price: priceWith(promo), available: free.length, reason };
}
