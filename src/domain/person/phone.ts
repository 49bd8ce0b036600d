import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import type { CountryCode } from 'libphonenumber-js/min';
import { dropInvisible } from './visible-text.ts';

/** Trailing digits that identify a telephone: shorter endings are ambiguous, longer ones include the country code. */
export const MATCHING_DIGITS = 9;

const EXTENSION = /[\s,;]*(?:ext(?:ension)?\.?|x|#)[\s:=]*(\d{1,7})$/i;
const NUMBER = /^\+?(?:[ ()./-]*\d){5,}[ ()./-]*$/;

/** Cleans a telephone number as typed or pasted: ASCII digits, plain spaces and hyphens, nothing invisible. */
export function cleanPhone(phone: string): string {
  return dropInvisible(phone)
    .normalize('NFKC')
    .replaceAll(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => String((digit.codePointAt(0) ?? 0) & 0xf))
    .replaceAll(/\p{Pd}/gu, '-')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/** Tells whether a cleaned text is a telephone number, with or without an extension. */
export function isPhone(phone: string): boolean {
  return NUMBER.test(splitExtension(phone).number);
}

/**
 * Formats a telephone number as E.164, read as one of the country where it has no country code.
 *
 * An extension stays behind the number. A number that no country could have dialled stays as it was typed.
 */
export function formatPhone(phone: string, country: string | null): string {
  const { number, extension } = splitExtension(cleanPhone(phone));
  const parsed = parsePhoneNumberFromString(number, (country ?? undefined) as CountryCode | undefined);
  const formatted = parsed?.isPossible() === true ? parsed.number : number;
  return extension === null ? formatted : `${formatted} ext. ${extension}`;
}

/** Normalizes a telephone number to its last digits, so that a customer is found with or without the country code. */
export function normalizePhone(phone: string): string {
  return splitExtension(phone).number.replace(/\D/g, '').slice(-MATCHING_DIGITS).replace(/^0+/, '');
}

/** Splits an extension from a telephone number: `ext. 12`, `x12`, `#12`, `;ext=12`. */
export function splitExtension(phone: string): { number: string; extension: string | null } {
  const found = EXTENSION.exec(phone);
  return found === null
    ? { number: phone, extension: null }
    : { number: phone.slice(0, found.index), extension: found[1] ?? null };
}
