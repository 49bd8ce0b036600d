import type { Context } from '../../context.ts';
import { withRetries } from '../../db/transaction.ts';
import { isSameName, isSamePhone, lettersOf } from '../../domain/speech/same-person.ts';
import { unseal } from '../secrets/sealing.ts';

/** More than one person has. */
const MAX_FOUND = 10;
/** How many possible namesakes are looked through, the nearest bookings first. */
const MAX_NAMESAKES = 1_000;

/** As much as may be said before a caller has named a code. */
export interface FoundBooking {
  readonly code: string;
  /** The service or the room type. */
  readonly title: string;
  readonly startsAt: Date;
}

/** The bookings to come whose primary guest has both this telephone and this surname, the next one first. */
export async function listGuestBookings(
  ctx: Context,
  input: { readonly propertyId: string; readonly phone: string; readonly lastName: string },
): Promise<FoundBooking[]> {
  const { propertyId, phone, lastName } = input;
  // Which letters are the same to the ear is decided here, so whoever's name is not plain letters is a possible namesake.
  const rows = await withRetries(
    () => ctx.db.$queryRaw<(FoundBooking & { lastName: string; phoneSealed: string })[]>`
      SELECT b.code, b.starts_at AS "startsAt", coalesce(s.name, r.name) AS title, m.last_name AS "lastName",
        m.phone_sealed AS "phoneSealed"
      FROM bookings b
      JOIN party_members m ON m.booking_id = b.id AND m.role = 'PRIMARY' AND m.phone_sealed IS NOT NULL
      LEFT JOIN appointments a ON a.booking_id = b.id LEFT JOIN services s ON s.id = a.service_id
      LEFT JOIN stays n ON n.booking_id = b.id LEFT JOIN room_types r ON r.id = n.room_type_id
      WHERE b.property_id = ${propertyId}::uuid AND b.ends_at > app_now()
        AND b.status IN ('PENDING_PAYMENT', 'PENDING_APPROVAL', 'CONFIRMED', 'IN_HOUSE')
        AND (lower(m.last_name) = ${lettersOf(lastName)} OR m.last_name ~ '[^A-Za-z]')
      ORDER BY b.starts_at, b.code LIMIT ${MAX_NAMESAKES}`,
  );
  return rows
    .filter((row) => isSameName(row.lastName, lastName))
    .filter((row) => isSamePhone(unseal(ctx.config.ENCRYPTION_KEY, row.phoneSealed), phone))
    .slice(0, MAX_FOUND)
    .map(({ code, title, startsAt }) => ({ code, title, startsAt }));
}
