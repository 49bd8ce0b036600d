import { countryOfZone } from '../../../domain/person/country-of-zone.ts';
import { formatPhone, normalizePhone } from '../../../domain/person/phone.ts';
import { fingerprints } from './sealing.ts';
import type { Keyring } from './sealing.ts';

/**
 * Lists the fingerprints under which a telephone number may be stored: one per key and reading.
 *
 * A number without a country code is read as the property's country, and as typed, as numbers were stored before.
 * Returns: an empty list for text without digits.
 */
export function findPhoneFingerprints(keys: Keyring, phone: string, timezone: string): string[] {
  const readings = new Set([normalizePhone(formatPhone(phone, countryOfZone(timezone))), normalizePhone(phone)]);
  readings.delete('');
  return [...readings].flatMap((reading) => fingerprints(keys, reading));
}
