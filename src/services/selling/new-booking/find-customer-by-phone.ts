import type { RequestContext } from '../../../context.ts';
import { countryOfZone } from '../../../domain/person/country-of-zone.ts';
import { formatPhone } from '../../../domain/person/phone.ts';
import { findPhoneFingerprints } from '../../core/secrets/phone-fingerprints.ts';
import type { NewBooking } from './draft-booking.ts';

/**
 * Finds the customer of a booking whose contact has no e-mail address: by telephone.
 *
 * A customer of the same name comes first, then the one without an e-mail address, whoever it was made for.
 * Returns: the customer's id; null for a new customer, and for a contact with an e-mail address.
 */
export async function findCustomerByPhone(
  ctx: RequestContext,
  { guest, booker }: Pick<NewBooking, 'guest' | 'booker'>,
  property: { readonly id: string; readonly timezone: string },
): Promise<string | null> {
  const { email, phone, firstName, lastName } = booker ?? guest;
  if (email !== null || phone === null) return null;
  const number = formatPhone(phone, countryOfZone(property.timezone));
  const hashes = findPhoneFingerprints(ctx.config.ENCRYPTION_KEY, number, property.timezone);
  const rows = await ctx.db.$queryRaw<{ id: string }[]>`
    SELECT c.id FROM customers c,
      LATERAL (SELECT fold_text(c.first_name || ' ' || c.last_name) = fold_text(${`${firstName} ${lastName}`}::text) AS is_same) AS name
    WHERE c.property_id = ${property.id}::uuid AND c.phone_hash = ANY(${hashes})
      AND (name.is_same OR c.email_normalized IS NULL)
    ORDER BY name.is_same DESC, c.last_booked_at DESC LIMIT 1`;
  return rows[0]?.id ?? null;
}
