import { getCountries } from 'libphonenumber-js/min';

/** The method is in Node.js, and not yet in the types of the language. */
type ZoneLister = Intl.Locale & { getTimeZones?: () => string[] };

/** Countries by their time zones, made once; a zone of several countries has none. */
let countries: ReadonlyMap<string, string | null> | null = null;

/** Finds the country in which a time zone lies, as ISO 3166 code; null for zones of no country, such as UTC. */
export function countryOfZone(timezone: string): string | null {
  countries ??= listZones();
  return countries.get(canonicalize(timezone)) ?? null;
}

/** Returns the name under which ICU lists a zone: Asia/Kolkata is listed as Asia/Calcutta. */
function canonicalize(timezone: string): string {
  return new Intl.DateTimeFormat('en', { timeZone: timezone }).resolvedOptions().timeZone;
}

function listZones(): Map<string, string | null> {
  const zones = new Map<string, string | null>();
  for (const country of getCountries()) {
    const locale: ZoneLister = new Intl.Locale('und', { region: country });
    for (const zone of locale.getTimeZones?.() ?? []) {
      zones.set(zone, zones.has(zone) ? null : country);
    }
  }
  return zones;
}
