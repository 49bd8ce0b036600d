import { createHash, timingSafeEqual } from 'node:crypto';
import { MATCHING_DIGITS } from '../booking/booking.ts';
import { foldText } from '../person/fold-text.ts';

/** Telephone number and surname that a caller claims, not verified. */
export interface CallerIdentity {
  readonly phone: string | null;
  readonly lastName: string | null;
}

/** Tells whether two telephone numbers are equal, with or without country code and trunk prefix. */
export function isSamePhone(a: string, b: string): boolean {
  const [one, other] = [keepSignificantDigits(a), keepSignificantDigits(b)];
  const shared = Math.min(one.length, other.length);
  const isLongEnough = shared >= MATCHING_DIGITS || one.length === other.length;
  return isEqualInConstantTime(one.slice(-shared), other.slice(-shared)) && isLongEnough && shared > 0;
}

/** Tells whether two surnames are equal, ignoring case, accents, apostrophes and hyphens. */
export function isSameName(a: string, b: string): boolean {
  const [one, other] = [foldText(a), foldText(b)];
  return isEqualInConstantTime(one, other) && one !== '';
}

function keepSignificantDigits(phone: string): string {
  return phone.replaceAll(/\D/g, '').replace(/^0+/, '');
}

/** Compares in constant time, so that the duration reveals no prefix. */
function isEqualInConstantTime(a: string, b: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(a), hash(b));
}
