import type { Address } from '../booking/booking.ts';

const LINE = /^(.+?),\s*([^,]+?),?\s+([A-Za-z]{2}),?\s+(\d{5}(?:-\d{4})?)(?:,?\s*(?:USA?|United States))?$/;

/** Parses a one-line address of the United States, `12 Grill St, Sacramento, CA 95814`; null for other text. */
export function parseAddressLine(text: string): Address | null {
  const [, line1, city, region, postalCode] = LINE.exec(text.trim()) ?? [];
  if (line1 === undefined || city === undefined || region === undefined || postalCode === undefined) return null;
  return { line1, line2: null, city, region: region.toUpperCase(), postalCode, country: 'US' };
}

/** Formats an address in one line. */
export function formatAddressLine({ line1, line2, city, region, postalCode, country }: Address): string {
  const place = [region, postalCode].filter((part) => part !== null && part !== '').join(' ');
  const parts = [line1, line2, city, place, country === 'US' ? null : country];
  return parts.filter((part) => part !== null && part !== '').join(', ');
}
