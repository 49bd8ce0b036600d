import type { Address } from '../booking.ts';

const LINE = /^(.+?),\s*([^,]+?),?\s+([A-Za-z]{2}),?\s+(\d{5}(?:-\d{4})?)(?:,?\s*(?:USA?|United States))?$/;

/** An address of the United States written in one line, `12 Grill St, Sacramento, CA 95814`; null for anything else. */
export function readAddressLine(text: string): Address | null {
  const [, line1, city, region, postalCode] = LINE.exec(text.trim()) ?? [];
  if (line1 === undefined || city === undefined || region === undefined || postalCode === undefined) return null;
  return { line1, line2: null, city, region: region.toUpperCase(), postalCode, country: 'US' };
}

/** The address in one line. */
export function spellAddressLine({ line1, line2, city, region, postalCode, country }: Address): string {
  const place = [region, postalCode].filter((part) => part !== null && part !== '').join(' ');
  const parts = [line1, line2, city, place, country === 'US' ? null : country];
  return parts.filter((part) => part !== null && part !== '').join(', ');
}
