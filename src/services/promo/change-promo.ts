import type { Context } from '../../context.ts';
import type { Tx } from '../../db/client.ts';
import type { Actor } from '../../domain/booking.ts';
import { AppError } from '../../errors.ts';
import { answerOnce } from '../idempotency/answer-once.ts';
import { logAction } from '../log-action.ts';
import { assertSound } from './assert-sound.ts';
import { PROMO_PARTS, toPromoSheet } from './promo-sheet.ts';
import type { PromoFields, PromoSheet } from './promo-sheet.ts';

/**
 * Changes what is given. Bookings keep the promo as they were sold with it, also when they are moved.
 *
 * Locks: the promo, so that nobody uses it meanwhile. Throws: not_found, validation_failed, promo_in_use.
 */
export async function changePromo(
  ctx: Context,
  input: { propertyId: string; code: string; actor: Actor; changes: Partial<PromoFields> },
): Promise<PromoSheet> {
  const { propertyId, code, actor, changes } = input;
  return logAction(ctx, { event: 'catalogue/change-promo', actor, fields: { promo: code } }, () =>
    answerOnce(ctx, async (tx) => {
      const promo = await lockSheet(tx, { propertyId, code });
      await assertSound(tx, { ...promo, ...changes, propertyId });
      const { maxUses = promo.maxUses } = changes;
      if (maxUses !== null && maxUses < promo.uses) {
        const detail = `${String(promo.uses)} bookings have it; it can't be for ${String(maxUses)}.`;
        throw new AppError('promo_in_use', { detail, extra: { uses: promo.uses } });
      }
      const { roomTypes, services, ...rest } = changes;
      const lists = { ...(roomTypes && { roomTypes: [...roomTypes] }), ...(services && { services: [...services] }) };
      const changed = await tx.promo.update({
        where: { propertyId_code: { propertyId, code } },
        data: { ...rest, ...lists },
        include: PROMO_PARTS,
      });
      return toPromoSheet(changed);
    }),
  );
}

async function lockSheet(tx: Tx, { propertyId, code }: { propertyId: string; code: string }): Promise<PromoSheet> {
  await tx.$queryRaw`
    SELECT 1 AS locked FROM promos WHERE property_id = ${propertyId}::uuid AND code = ${code} FOR NO KEY UPDATE`;
  // A second statement, because only a new one sees what was committed while the first was waiting.
  const found = await tx.promo.findUnique({ where: { propertyId_code: { propertyId, code } }, include: PROMO_PARTS });
  if (found === null) throw new AppError('not_found', { detail: `There is no promo "${code}".` });
  return toPromoSheet(found);
}
