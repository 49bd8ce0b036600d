import { randomUUIDv7 } from 'node:crypto';
import type { Context } from '../../context.ts';
import type { Actor } from '../../domain/booking.ts';
import { announce } from '../feed/announce.ts';
import { answerOnce } from '../idempotency/answer-once.ts';
import { logAction } from '../log-action.ts';
import { assertTaxFits } from './assert-tax-fits.ts';
import { TAX_PARTS, toBandRows, toTaxSheet } from './tax-sheet.ts';
import type { TaxFields, TaxSheet } from './tax-sheet.ts';

/** Adds a tax to all that is sold from now on. Throws: already_exists, validation_failed. */
export async function createTaxRule(
  ctx: Context,
  input: { propertyId: string; code: string; actor: Actor; fields: TaxFields },
): Promise<TaxSheet> {
  const { propertyId, code, actor, fields } = input;
  return logAction(ctx, { event: 'catalogue/create-tax', actor, fields: { tax: code } }, () =>
    answerOnce(ctx, async (tx) => {
      assertTaxFits(fields);
      const rule = await tx.taxRule.create({
        data: {
          ...{ id: randomUUIDv7(), propertyId, code, ...fields },
          ...{ bands: toBandRows(fields.bands), exemptKinds: [...fields.exemptKinds] },
        },
        include: TAX_PARTS,
      });
      await announce(tx, { propertyId, type: 'availability_changed', data: {} });
      return toTaxSheet(rule);
    }),
  );
}
