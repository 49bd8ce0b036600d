import { createHash, timingSafeEqual } from 'node:crypto';
import { formatPhone, MATCHING_DIGITS, splitExtension } from '../person/phone.ts';
import { foldText } from '../person/fold-text.ts';

/** Telephone number and surname that a caller claims, not verified. */
export interface CallerIdentity {
  readonly phone: string | null;
  readonly lastName: string | null;
}

/**
 * Tells whether two telephone numbers are equal, with or without country code, trunk prefix and extension.
 *
 * A number without a country code is read as typed, and as the country's.
 */
export function isSamePhone(a: string, b: string, country: string | null = null): boolean {
  const isAlike = (read: (phone: string) => string) =>
    isSameEnding(keepSignificantDigits(read(a)), keepSignificantDigits(read(b)));
  // Both readings are compared every time, so that the duration does not tell which of them failed.
  const [asTyped, asFormatted] = [isAlike((phone) => phone), isAlike((phone) => formatPhone(phone, country))];
  return asTyped || asFormatted;
}

function isSameEnding(one: string, other: string): boolean {
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
  return splitExtension(phone).number.replaceAll(/\D/g, '').replace(/^0+/, '');
}

/** Compares in constant time, so that the duration reveals no prefix. */
function isEqualInConstantTime(a: string, b: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(a), hash(b));
}
