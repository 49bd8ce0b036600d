import type { Minor } from '../../domain/money/money.ts';
import { judgePromo } from '../../domain/money/promo.ts';
import type { PromoReason, Sold } from '../../domain/money/promo.ts';
import { AppError } from '../../errors.ts';
import type { AskedPromo, FoundPromo } from './find-promo.ts';

interface Use {
  readonly now: Date;
  readonly sold: Sold;
  /** What the lines of the price add up to without it. */
  readonly amount: () => Minor;
  readonly isStaff: boolean;
}

/**
 * The promo that counts for this; null when no code was given. The only place where a promo is judged before it is used.
 *
 * Throws: promo_invalid.
 */
export function admitPromo(asked: AskedPromo | null, { isStaff, ...use }: Use): FoundPromo | null {
  if (asked === null) return null;
  const { promo } = asked;
  if (promo === null) throw refusePromo('UNKNOWN', isStaff);
  const reason = judgePromo(promo, { ...use, amount: use.amount() });
  if (reason !== null) throw refusePromo(reason, isStaff);
  return promo;
}

/**
 * The same for several things that are looked at together: null for those it is not good for.
 *
 * Throws: promo_invalid when it is good for none of them.
 */
export function admitPromoForSome(
  asked: AskedPromo | null,
  uses: readonly Omit<Use, 'isStaff'>[],
): readonly (FoundPromo | null)[] {
  if (asked === null) return uses.map(() => null);
  const { promo } = asked;
  const isGood = (use: Omit<Use, 'isStaff'>) =>
    promo !== null && judgePromo(promo, { ...use, amount: use.amount() }) === null;
  const admitted = uses.map((use) => (isGood(use) ? promo : null));
  if (admitted.every((each) => each === null)) throw refusePromo('UNKNOWN', false);
  return admitted;
}

/** One refusal whatever the reason, so that nobody finds out which codes there are; staff are told. */
export function refusePromo(reason: PromoReason, isStaff: boolean): AppError {
  if (!isStaff) return new AppError('promo_invalid', { detail: 'This promo code can not be used for this booking.' });
  return new AppError('promo_invalid', { detail: DETAILS[reason], extra: { reason } });
}

const DETAILS: Record<PromoReason, string> = {
  UNKNOWN: 'There is no such promo code.',
  INACTIVE: 'The promo code has been switched off.',
  NOT_YET_VALID: 'The promo code is not valid yet.',
  NO_LONGER_VALID: 'The promo code is no longer valid.',
  OUT_OF_SCOPE: 'The promo code is not good for this room type or service.',
  BELOW_MINIMUM: 'The booking costs less than the promo code asks for.',
  USED_UP: 'The promo code has been used as often as it may be.',
  USED_BY_CUSTOMER: 'This customer has used the promo code as often as one may.',
};
