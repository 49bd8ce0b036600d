import type { Context } from '../../context.ts';
import type { BookingSnapshot } from '../../domain/booking.ts';
import { isSameName, isSamePhone } from '../../domain/speech/same-person.ts';
import type { SaidPerson } from '../../domain/speech/same-person.ts';
import { AppError } from '../../errors.ts';
import { readBooking } from '../booking/booking-snapshot.ts';
import { unseal } from '../secrets/sealing.ts';

/** Compared with when there is no such booking, so that it takes as long. */
const NOBODY = { lastName: '-', phone: '000000000000' };

/**
 * The property's booking with this code, for a caller who knows the telephone or the surname of its primary guest.
 *
 * Throws: not_found, the same for a wrong code and for a wrong person.
 */
export async function findGuestBooking(
  ctx: Context,
  input: SaidPerson & { readonly propertyId: string; readonly code: string },
): Promise<BookingSnapshot> {
  const { propertyId, code, phone, lastName } = input;
  const row = await ctx.db.booking.findFirst({
    where: { propertyId, code },
    select: { id: true, party: { where: { role: 'PRIMARY' }, select: { lastName: true, phoneSealed: true } } },
  });
  const [primary] = row?.party ?? [];
  const sealed = primary?.phoneSealed ?? null;
  const known = {
    lastName: primary?.lastName ?? NOBODY.lastName,
    phone: sealed === null ? NOBODY.phone : unseal(ctx.config.ENCRYPTION_KEY, sealed),
  };
  const isPhone = phone !== null && isSamePhone(phone, known.phone) && sealed !== null;
  const isName = lastName !== null && isSameName(lastName, known.lastName);
  if (row === null || (!isPhone && !isName)) {
    throw new AppError('not_found', { detail: 'No booking goes by that code and that name or telephone number.' });
  }
  return readBooking(ctx, ctx.db, row.id);
}
