import type { Context } from '../../../context.ts';
import type { BookingSnapshot } from '../../../domain/booking/booking.ts';
import { countryOfZone } from '../../../domain/person/country-of-zone.ts';
import { isSameName, isSamePhone } from '../../../domain/speech/same-person.ts';
import type { CallerIdentity } from '../../../domain/speech/same-person.ts';
import { AppError } from '../../../errors.ts';
import { readBooking } from './booking-snapshot.ts';
import { partyPlace } from '../secrets/sealed-columns.ts';
import { unseal } from '../secrets/sealing.ts';

/** Compared with when no booking has the code, so that both cases take equally long. */
const NOBODY = { lastName: '-', phone: '000000000000' };

/**
 * Finds a booking by code, for a caller who knows telephone number or surname of the primary guest.
 *
 * Throws: not_found, alike for a wrong code and a wrong guest.
 */
export async function findGuestBooking(
  ctx: Context,
  input: CallerIdentity & { readonly propertyId: string; readonly code: string },
): Promise<BookingSnapshot> {
  const { propertyId, code, phone, lastName } = input;
  const row = await ctx.db.booking.findFirst({
    where: { propertyId, code },
    select: {
      id: true,
      property: { select: { timezone: true } },
      party: { where: { role: 'PRIMARY' }, select: { firstName: true, lastName: true, phoneSealed: true } },
    },
  });
  const [primary] = row?.party ?? [];
  const sealed = primary?.phoneSealed ?? null;
  const place = partyPlace(row?.id ?? '');
  const country = countryOfZone(row?.property.timezone ?? 'UTC');
  const known = {
    // A guest with one name is known by that name.
    lastName: primary === undefined ? NOBODY.lastName : primary.lastName || primary.firstName,
    phone: sealed === null ? NOBODY.phone : unseal(ctx.config.ENCRYPTION_KEY, sealed, place),
  };
  const isPhone = phone !== null && isSamePhone(phone, known.phone, country) && sealed !== null;
  const isName = lastName !== null && isSameName(lastName, known.lastName);
  if (row === null || (!isPhone && !isName)) {
    throw new AppError('not_found', { detail: 'No booking goes by that code and that name or telephone number.' });
  }
  return readBooking(ctx, ctx.db, row.id);
}
