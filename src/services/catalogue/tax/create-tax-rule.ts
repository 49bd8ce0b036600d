import { randomUUIDv7 } from 'node:crypto';
import type { RequestContext } from '../../../context.ts';
import { assertChargeableAt } from '../../core/currency/assert-chargeable-at.ts';
import { announce } from '../../core/feed/announce.ts';
import { answerOnce } from '../../core/idempotency/answer-once.ts';
import { logAction } from '../../core/log/log-action.ts';
import { assertValidTaxRule } from './assert-valid-tax-rule.ts';
import { storedTax, TAX_PARTS, toBandRows, toDateColumns, toTaxDetails } from './tax-details.ts';
import type { TaxFields, TaxDetails } from './tax-details.ts';

/** Creates a tax rule for new bookings. Throws: already_exists, validation_failed. */
export async function createTaxRule(
  ctx: RequestContext,
  input: { propertyId: string; code: string; fields: TaxFields },
): Promise<TaxDetails> {
  const { propertyId, code, fields } = input;
  return logAction(ctx, { event: 'catalogue/create-tax', fields: { tax: code } }, () =>
    answerOnce(ctx, storedTax, async (tx) => {
      assertValidTaxRule(fields);
      await assertChargeableAt(tx, propertyId, { amount: fields.amount });
      const rule = await tx.taxRule.create({
        data: {
          id: randomUUIDv7(),
          propertyId,
          code,
          ...fields,
          bands: toBandRows(fields.bands),
          exemptKinds: [...fields.exemptKinds],
          ...toDateColumns(fields),
        },
        include: TAX_PARTS,
      });
      await announce(tx, { propertyId, type: 'availability_changed', data: {} });
      return toTaxDetails(rule);
    }),
  );
}
