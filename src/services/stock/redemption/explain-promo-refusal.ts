import { readSqlError } from '../../../db/connection/sql-error.ts';
import type { PromoReason } from '../../../domain/money/price/promo.ts';
import { AppError } from '../../../errors.ts';
import { toPromoError } from './validate-promo.ts';

/**
 * Constraints by which the database refuses a redemption after concurrent redemptions, which `validatePromo` can not
 * see.
 */
const LIMITS: Readonly<Record<string, PromoReason>> = {
  promos_uses_within_limit: 'USED_UP',
  promo_uses_within_customer_limit: 'USED_BY_CUSTOMER',
};

/**
 * Converts the database's refusal of a redemption to the error of `validatePromo`; returns any other error unchanged.
 */
export function explainPromoRefusal(error: unknown, { isStaff }: { isStaff: boolean }): unknown {
  const constraint = error instanceof AppError ? readSqlError(error.content.cause)?.constraint : null;
  const reason = LIMITS[constraint ?? ''];
  return reason === undefined ? error : toPromoError(reason, isStaff);
}
