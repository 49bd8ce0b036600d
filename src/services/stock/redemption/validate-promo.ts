import type { Minor } from '../../../domain/money/money.ts';
import { checkPromo } from '../../../domain/money/price/promo.ts';
import type { PromoReason, SoldItem } from '../../../domain/money/price/promo.ts';
import { AppError } from '../../../errors.ts';
import type { FoundPromo, RequestedPromo } from './find-promo.ts';

interface PromoRequest {
  readonly now: Date;
  readonly sold: SoldItem;
  /** The sum of the price lines before the discount. */
  readonly amount: () => Minor;
  readonly isStaff: boolean;
}

/**
 * Validates a promo for one price; null when no code was given.
 *
 * Every redemption goes through this function or `validatePromoForSome`.
 * Throws: promo_invalid.
 */
export function validatePromo(
  requested: RequestedPromo | null,
  { isStaff, ...request }: PromoRequest,
): FoundPromo | null {
  if (requested === null) return null;
  const { promo } = requested;
  if (promo === null) throw toPromoError('UNKNOWN', isStaff);
  const reason = checkPromo(promo, { ...request, amount: request.amount() });
  if (reason !== null) throw toPromoError(reason, isStaff);
  return promo;
}

/**
 * Validates a promo for each of several prices: null where the promo does not apply.
 *
 * Throws: promo_invalid when the promo applies to none.
 */
export function validatePromoForSome(
  requested: RequestedPromo | null,
  requests: readonly Omit<PromoRequest, 'isStaff'>[],
): readonly (FoundPromo | null)[] {
  if (requested === null) return requests.map(() => null);
  const { promo } = requested;
  const isValid = (request: Omit<PromoRequest, 'isStaff'>) =>
    promo !== null && checkPromo(promo, { ...request, amount: request.amount() }) === null;
  const promos = requests.map((request) => (isValid(request) ? promo : null));
  if (promos.every((each) => each === null)) throw toPromoError('UNKNOWN', false);
  return promos;
}

/** Makes the refusal of a promo; only staff see the reason, so that guests can not guess which codes exist. */
export function toPromoError(reason: PromoReason, isStaff: boolean): AppError {
  if (!isStaff) return new AppError('promo_invalid', { detail: 'This promo code can not be used for this booking.' });
  return new AppError('promo_invalid', { detail: DETAILS[reason], extra: { reason } });
}

const DETAILS: Record<PromoReason, string> = {
  UNKNOWN: 'There is no such promo code.',
  INACTIVE: 'The promo code has been switched off.',
  NOT_YET_VALID: 'The promo code is not valid yet.',
  NO_LONGER_VALID: 'The promo code is no longer valid.',
  OUT_OF_SCOPE: 'The promo code is not valid for this room type or service.',
  BELOW_MINIMUM: 'The booking costs less than the minimum amount of the promo code.',
  USED_UP: 'The promo code has reached its limit of uses.',
  USED_BY_CUSTOMER: 'This customer has reached the limit of uses of the promo code.',
};
