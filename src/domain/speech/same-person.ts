import { createHash, timingSafeEqual } from 'node:crypto';
import { TELLING_DIGITS } from '../booking.ts';

/** What a caller says of themselves. */
export interface SaidPerson {
  readonly phone: string | null;
  readonly lastName: string | null;
}

/** Whether two telephone numbers reach the same telephone, with or without the country's and the trunk's digits. */
export function isSamePhone(a: string, b: string): boolean {
  const [one, other] = [toSignificant(a), toSignificant(b)];
  const shared = Math.min(one.length, other.length);
  const isLongEnough = shared >= TELLING_DIGITS || one.length === other.length;
  return isEqual(one.slice(-shared), other.slice(-shared)) && isLongEnough && shared > 0;
}

/** Whether two surnames are the same to the ear of somebody who writes them down: case, accents and hyphens aside. */
export function isSameName(a: string, b: string): boolean {
  const [one, other] = [lettersOf(a), lettersOf(b)];
  return isEqual(one, other) && one !== '';
}

function toSignificant(phone: string): string {
  return phone.replaceAll(/\D/g, '').replace(/^0+/, '');
}

/** What is left of a name when only its letters count, in small ones without accents. */
export function lettersOf(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^\p{L}]/gu, '');
}

/** In a time that says nothing of how much is equal. */
function isEqual(a: string, b: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(a), hash(b));
}
