import type { RequestContext } from '../../../context.ts';
import { assertChargeableAt } from '../../core/currency/assert-chargeable-at.ts';
import { announce } from '../../core/feed/announce.ts';
import { answerOnce } from '../../core/idempotency/answer-once.ts';
import { logAction } from '../../core/log/log-action.ts';
import { assertValidTaxRule } from './assert-valid-tax-rule.ts';
import { getTaxRule } from './get-tax-rule.ts';
import { storedTax, toBandRows, toDateColumns } from './tax-details.ts';
import type { TaxFields, TaxDetails } from './tax-details.ts';

/** Changes the given fields of a tax rule; existing bookings keep their price. Throws: not_found, validation_failed. */
export async function changeTaxRule(
  ctx: RequestContext,
  input: { propertyId: string; code: string; changes: Partial<TaxFields> },
): Promise<TaxDetails> {
  const { propertyId, code, changes } = input;
  return logAction(ctx, { event: 'catalogue/change-tax', fields: { tax: code } }, () =>
    answerOnce(ctx, storedTax, async (tx) => {
      // Concurrent changes wait here, so that the validation sees them.
      await tx.$queryRaw`SELECT 1 AS locked FROM tax_rules WHERE property_id = ${propertyId}::uuid AND code = ${code} FOR NO KEY UPDATE`;
      assertValidTaxRule({ ...(await getTaxRule(tx, { propertyId, code })), ...changes });
      await assertChargeableAt(tx, propertyId, { amount: changes.amount });
      const { bands, exemptKinds, ...rest } = changes;
      await tx.taxRule.updateMany({
        where: { propertyId, code },
        data: {
          ...rest,
          ...toDateColumns(changes),
          ...(bands && { bands: toBandRows(bands) }),
          ...(exemptKinds && { exemptKinds: [...exemptKinds] }),
        },
      });
      const rule = await getTaxRule(tx, { propertyId, code });
      await announce(tx, { propertyId, type: 'availability_changed', data: {} });
      return rule;
    }),
  );
}
