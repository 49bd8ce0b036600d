import { randomUUIDv7 } from 'node:crypto';
import type { Context } from '../../context.ts';
import type { Actor } from '../../domain/booking.ts';
import { answerOnce } from '../idempotency/answer-once.ts';
import { logAction } from '../log-action.ts';
import { assertSound } from './assert-sound.ts';
import { PROMO_PARTS, toPromoSheet } from './promo-sheet.ts';
import type { PromoFields, PromoSheet } from './promo-sheet.ts';

/** Adds a promo code. Throws: already_exists, validation_failed. */
export async function createPromo(
  ctx: Context,
  input: PromoFields & { propertyId: string; code: string; actor: Actor },
): Promise<PromoSheet> {
  const { actor, propertyId, code, ...fields } = input;
  return logAction(ctx, { event: 'catalogue/create-promo', actor, fields: { promo: code } }, () =>
    answerOnce(ctx, async (tx) => {
      await assertSound(tx, { ...fields, propertyId });
      const data = { ...fields, roomTypes: [...fields.roomTypes], services: [...fields.services] };
      const promo = await tx.promo.create({
        data: { id: randomUUIDv7(), propertyId, code, ...data },
        include: PROMO_PARTS,
      });
      return toPromoSheet(promo);
    }),
  );
}
