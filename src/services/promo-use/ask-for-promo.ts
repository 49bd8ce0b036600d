import type { Context } from '../../context.ts';
import { normalizeEmail } from '../../domain/booking.ts';
import type { Contact } from '../../domain/booking.ts';
import { findPromo } from './find-promo.ts';
import type { AskedPromo } from './find-promo.ts';
import { releaseOverdueUses } from './release-overdue-uses.ts';

/** Looks up the promo of a new booking, and clears holds past their deadline out of its way. Null when none is asked for. */
export async function askForPromo(
  ctx: Context,
  input: { propertyId: string; promoCode: string | null; guest: Contact; booker: Contact | null },
): Promise<AskedPromo | null> {
  const { propertyId, promoCode: code, guest, booker } = input;
  const asked = await findPromo(ctx, { propertyId, code });
  if (asked === null || asked.promo === null) return asked;
  await releaseOverdueUses(ctx, { promo: asked.promo, emailNormalized: normalizeEmail((booker ?? guest).email) });
  return asked;
}
