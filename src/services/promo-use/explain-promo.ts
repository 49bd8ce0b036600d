import { readSqlError } from '../../db/sql-error.ts';
import type { PromoReason } from '../../domain/money/promo.ts';
import { AppError } from '../../errors.ts';
import { refusePromo } from './admit-promo.ts';

/** What the database says when others were faster than `admitPromo` could see. */
const LIMITS: Readonly<Record<string, PromoReason>> = {
  promos_uses_within_limit: 'USED_UP',
  promo_uses_within_customer_limit: 'USED_BY_CUSTOMER',
};

/** Does the work; a promo use that the database refuses is refused in the same words as one that we do. */
export async function explainPromo<T>({ isStaff }: { isStaff: boolean }, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const constraint = error instanceof AppError ? readSqlError(error.content.cause)?.constraint : null;
    const reason = LIMITS[constraint ?? ''];
    if (reason === undefined) throw error;
    throw refusePromo(reason, isStaff);
  }
}
