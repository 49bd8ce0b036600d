import type { RequestContext } from '../../../context.ts';
import { normalizeEmail } from '../../../domain/person/email.ts';
import { findPromo } from '../../stock/redemption/find-promo.ts';
import type { RequestedPromo } from '../../stock/redemption/find-promo.ts';
import { releaseOverdueRedemptions } from '../hold/release-overdue-redemptions.ts';
import type { NewBooking } from './draft-booking.ts';

/** Finds the promo of a new booking and releases overdue holds that block it; null without a promo code. */
export async function findPromoForBooking(
  ctx: RequestContext,
  { promoCode: code, guest, booker }: Pick<NewBooking, 'promoCode' | 'guest' | 'booker'>,
  propertyId: string,
): Promise<RequestedPromo | null> {
  const requested = await findPromo(ctx, { propertyId, code });
  if (requested === null || requested.promo === null) return requested;
  const { email } = booker ?? guest;
  await releaseOverdueRedemptions(ctx, {
    promo: requested.promo,
    emailNormalized: email === null ? null : normalizeEmail(email),
  });
  return requested;
}
