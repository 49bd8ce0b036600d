import type { Context } from '../../context.ts';
import type { Actor } from '../../domain/booking.ts';
import { announce } from '../feed/announce.ts';
import { answerOnce } from '../idempotency/answer-once.ts';
import { logAction } from '../log-action.ts';
import { assertTaxFits } from './assert-tax-fits.ts';
import { getTaxRule } from './get-tax-rule.ts';
import { toBandRows } from './tax-sheet.ts';
import type { TaxFields, TaxSheet } from './tax-sheet.ts';

/** Changes what is given; bookings keep the price they were made at. Throws: not_found, validation_failed. */
export async function changeTaxRule(
  ctx: Context,
  input: { propertyId: string; code: string; actor: Actor; changes: Partial<TaxFields> },
): Promise<TaxSheet> {
  const { propertyId, code, actor, changes } = input;
  return logAction(ctx, { event: 'catalogue/change-tax', actor, fields: { tax: code } }, () =>
    answerOnce(ctx, async (tx) => {
      // Written before it is judged: the row is locked by it, so that two changes at once are judged together.
      const { bands, exemptKinds, ...rest } = changes;
      await tx.taxRule.updateMany({
        where: { propertyId, code },
        data: {
          ...rest,
          ...(bands && { bands: toBandRows(bands) }),
          ...(exemptKinds && { exemptKinds: [...exemptKinds] }),
        },
      });
      const rule = await getTaxRule(tx, { propertyId, code });
      assertTaxFits(rule);
      await announce(tx, { propertyId, type: 'availability_changed', data: {} });
      return rule;
    }),
  );
}
