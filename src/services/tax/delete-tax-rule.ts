import type { Context } from '../../context.ts';
import type { Actor } from '../../domain/booking.ts';
import { AppError } from '../../errors.ts';
import { announce } from '../feed/announce.ts';
import { answerOnce } from '../idempotency/answer-once.ts';
import { logAction } from '../log-action.ts';
import { getTaxRule } from './get-tax-rule.ts';
import type { TaxSheet } from './tax-sheet.ts';

/** Ends a tax for all that is sold from now on; bookings keep it in their price. Answers what it was. Throws: not_found. */
export async function deleteTaxRule(
  ctx: Context,
  input: { propertyId: string; code: string; actor: Actor },
): Promise<TaxSheet> {
  const { propertyId, code, actor } = input;
  return logAction(ctx, { event: 'catalogue/delete-tax', actor, fields: { tax: code } }, () =>
    answerOnce(ctx, async (tx) => {
      const rule = await getTaxRule(tx, { propertyId, code });
      // Of two who delete it at once, the second finds nothing to delete.
      const { count } = await tx.taxRule.deleteMany({ where: { propertyId, code } });
      if (count === 0) throw new AppError('not_found', { detail: `There is no tax "${code}".` });
      await announce(tx, { propertyId, type: 'availability_changed', data: {} });
      return rule;
    }),
  );
}
