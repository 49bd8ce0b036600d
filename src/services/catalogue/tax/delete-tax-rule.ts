import type { RequestContext } from '../../../context.ts';
import { AppError } from '../../../errors.ts';
import { announce } from '../../core/feed/announce.ts';
import { answerOnce } from '../../core/idempotency/answer-once.ts';
import { logAction } from '../../core/log/log-action.ts';
import { getTaxRule } from './get-tax-rule.ts';
import { storedTax } from './tax-details.ts';
import type { TaxDetails } from './tax-details.ts';

/** Deletes a tax rule; existing bookings keep their price. Returns: the deleted rule. Throws: not_found. */
export async function deleteTaxRule(
  ctx: RequestContext,
  input: { propertyId: string; code: string },
): Promise<TaxDetails> {
  const { propertyId, code } = input;
  return logAction(ctx, { event: 'catalogue/delete-tax', fields: { tax: code } }, () =>
    answerOnce(ctx, storedTax, async (tx) => {
      const rule = await getTaxRule(tx, { propertyId, code });
      // The second of two concurrent deletions deletes no row.
      const { count } = await tx.taxRule.deleteMany({ where: { propertyId, code } });
      if (count === 0) throw new AppError('not_found', { detail: `There is no tax "${code}".` });
      await announce(tx, { propertyId, type: 'availability_changed', data: {} });
      return rule;
    }),
  );
}
