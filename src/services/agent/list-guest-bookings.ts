import type { Context } from '../../context.ts';
import { withRetries } from '../../db/transaction.ts';
import { ACTIVE_BOOKING } from '../../db/predicates.ts';
import { countryOfZone } from '../../domain/person/country-of-zone.ts';
import { foldText } from '../../domain/person/fold-text.ts';
import { isSamePhone } from '../../domain/speech/same-person.ts';
import { partyPlace } from '../core/secrets/sealed-columns.ts';
import { unseal } from '../core/secrets/sealing.ts';

/** Above the bookings to come of any one person. */
const MAX_FOUND = 10;
/** Possible namesakes compared in memory, the nearest bookings first. */
const MAX_NAMESAKES = 1_000;

/** A booking as far as a caller without its code may know. */
export interface FoundBooking {
  readonly code: string;
  /** The service or the room type. */
  readonly title: string;
  readonly startsAt: Date;
}

/** Lists the bookings to come whose primary guest has both this telephone number and this surname, the next first. */
export async function listGuestBookings(
  ctx: Context,
  input: { readonly propertyId: string; readonly phone: string; readonly lastName: string },
): Promise<FoundBooking[]> {
  const { propertyId, phone } = input;
  const name = foldText(input.lastName);
  if (name === '') return [];
  const rows = await withRetries(
    () => ctx.db.$queryRaw<(FoundBooking & { id: string; phoneSealed: string; timezone: string })[]>`
      SELECT b.id, b.code, b.starts_at AS "startsAt", coalesce(s.name, r.name) AS title,
        m.phone_sealed AS "phoneSealed", p.timezone
      FROM bookings b JOIN properties p ON p.id = b.property_id
      JOIN party_members m ON m.booking_id = b.id AND m.role = 'PRIMARY' AND m.phone_sealed IS NOT NULL
      LEFT JOIN appointments a ON a.booking_id = b.id LEFT JOIN services s ON s.id = a.service_id
      LEFT JOIN stays n ON n.booking_id = b.id LEFT JOIN room_types r ON r.id = n.room_type_id
      WHERE b.property_id = ${propertyId}::uuid AND b.ends_at > app_now()
        AND ${ACTIVE_BOOKING}
        -- A guest with one name is found by that name.
        AND fold_text(coalesce(nullif(m.last_name, ''), m.first_name)) = ${name}
      ORDER BY b.starts_at, b.code LIMIT ${MAX_NAMESAKES}`,
  );
  return rows
    .filter(({ id, phoneSealed, timezone }) => {
      const known = unseal(ctx.config.ENCRYPTION_KEY, phoneSealed, partyPlace(id));
      return isSamePhone(known, phone, countryOfZone(timezone));
    })
    .slice(0, MAX_FOUND)
    .map(({ code, title, startsAt }) => ({ code, title, startsAt }));
}
