import { randomUUIDv7 } from 'node:crypto';
import type { RequestContext } from '../../../context.ts';
import { answerOnce } from '../../core/idempotency/answer-once.ts';
import { logAction } from '../../core/log/log-action.ts';
import { assertValidPromo } from './assert-valid-promo.ts';
import { PROMO_PARTS, storedPromo, toPromoDetails } from './promo-details.ts';
import type { PromoFields, PromoDetails } from './promo-details.ts';

/** Creates a promo. Throws: already_exists, validation_failed. */
export async function createPromo(
  ctx: RequestContext,
  input: PromoFields & { propertyId: string; code: string },
): Promise<PromoDetails> {
  const { propertyId, code, ...fields } = input;
  return logAction(ctx, { event: 'catalogue/create-promo', fields: { promo: code } }, () =>
    answerOnce(ctx, storedPromo, async (tx) => {
      await assertValidPromo(tx, { ...fields, propertyId });
      const data = { ...fields, roomTypes: [...fields.roomTypes], services: [...fields.services] };
      const promo = await tx.promo.create({
        data: { id: randomUUIDv7(), propertyId, code, ...data },
        include: PROMO_PARTS,
      });
      return toPromoDetails(promo);
    }),
  );
}
