import { AppError } from '../../errors.ts';

/** No property has promo codes yet, so every code is one that can't be used. */
export function assertPromo(code: string | null): void {
  if (code !== null) throw new AppError('promo_invalid', { detail: 'This promo code can not be used for this stay.' });
}
