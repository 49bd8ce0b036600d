import type { RequestContext } from '../../../context.ts';
import type { Tx } from '../../../db/client.ts';
import { AppError } from '../../../errors.ts';
import { answerOnce } from '../../core/idempotency/answer-once.ts';
import { logAction } from '../../core/log/log-action.ts';
import { assertValidPromo } from './assert-valid-promo.ts';
import { PROMO_PARTS, storedPromo, toPromoDetails } from './promo-details.ts';
import type { PromoFields, PromoDetails } from './promo-details.ts';

/**
 * Changes the given fields of a promo. Existing bookings keep their discount, also after a reschedule.
 *
 * Locks: the promo, so that no booking redeems it meanwhile.
 * Throws: not_found, validation_failed, promo_in_use.
 */
export async function changePromo(
  ctx: RequestContext,
  input: { propertyId: string; code: string; changes: Partial<PromoFields> },
): Promise<PromoDetails> {
  const { propertyId, code, changes } = input;
  return logAction(ctx, { event: 'catalogue/change-promo', fields: { promo: code } }, () =>
    answerOnce(ctx, storedPromo, async (tx) => {
      const promo = await lockPromo(tx, { propertyId, code });
      await assertValidPromo(tx, { ...promo, ...changes, propertyId });
      const { maxUses = promo.maxUses } = changes;
      if (maxUses !== null && maxUses < promo.uses) {
        const detail = `${String(promo.uses)} bookings use the promo; maxUses can not be ${String(maxUses)}.`;
        throw new AppError('promo_in_use', { detail, extra: { uses: promo.uses } });
      }
      const { roomTypes, services, ...rest } = changes;
      const lists = { ...(roomTypes && { roomTypes: [...roomTypes] }), ...(services && { services: [...services] }) };
      const changed = await tx.promo.update({
        where: { propertyId_code: { propertyId, code } },
        data: { ...rest, ...lists },
        include: PROMO_PARTS,
      });
      return toPromoDetails(changed);
    }),
  );
}

async function lockPromo(tx: Tx, { propertyId, code }: { propertyId: string; code: string }): Promise<PromoDetails> {
  await tx.$queryRaw`
    SELECT 1 AS locked FROM promos WHERE property_id = ${propertyId}::uuid AND code = ${code} FOR NO KEY UPDATE`;
  // A second statement, because only a new snapshot sees commits made during the wait for the lock.
  const found = await tx.promo.findUnique({ where: { propertyId_code: { propertyId, code } }, include: PROMO_PARTS });
  if (found === null) throw new AppError('not_found', { detail: `There is no promo "${code}".` });
  return toPromoDetails(found);
}
