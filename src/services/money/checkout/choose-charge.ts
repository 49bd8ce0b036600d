import type { LockedBooking } from '../../../db/locks.ts';
import { assertChargeable, findMinimumCharge, splitCharge } from '../../../domain/money/charge.ts';
import type { ChargeSplit } from '../../../domain/money/charge.ts';
import { formatAmount } from '../../../domain/money/money.ts';
import { AppError } from '../../../errors.ts';
import type { AmountDue } from './find-amount-due.ts';

/** Chooses the parts that wallet and card pay. Throws: amount_too_small, validation_failed. */
export function chooseCharge(
  { currency }: Pick<LockedBooking, 'currency'>,
  due: AmountDue,
  walletAmount: number,
): ChargeSplit {
  if (walletAmount < due.amount) assertChargeable(currency, { walletAmount });
  const minimumCharge = findMinimumCharge(currency);
  const split = splitCharge({ due: due.amount, balance: due.balance, walletAmount, minimumCharge });
  if (split !== null) return split;
  const [least, amount] = [formatAmount(minimumCharge, currency), formatAmount(due.amount, currency)];
  throw new AppError('amount_too_small', {
    detail: `A card pays at least ${least} ${currency}, and only ${amount} ${currency} is due. ${OTHER_WAYS}`,
    extra: { minimumCharge, amountDue: due.amount, currency },
  });
}

const OTHER_WAYS = 'Pay it at the property, or all of it from the wallet.';

/** Makes the refusal of an amount that the gateway finds too small, in a currency outside our table. */
export function makeTooSmallError(): AppError {
  return new AppError('amount_too_small', { detail: `A card can't pay so small an amount. ${OTHER_WAYS}` });
}
