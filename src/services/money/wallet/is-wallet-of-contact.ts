import type { Context } from '../../../context.ts';
import type { Tx } from '../../../db/client.ts';
import { normalizeEmail } from '../../../domain/person/email.ts';
import { readBooking } from '../../core/booking/booking-snapshot.ts';

/**
 * Tells whether the booking's contact is the customer whose wallet the booking would spend.
 *
 * The contact is the booker, or else the primary guest. A contact that was changed since is another person, and so is
 * one without the customer's e-mail address.
 */
export async function isWalletOfContact(
  ctx: Pick<Context, 'config'>,
  db: Tx | Context['db'],
  { bookingId }: { readonly bookingId: string },
): Promise<boolean> {
  const { booker, party } = await readBooking(ctx, db, bookingId);
  const contact = booker ?? party.find(({ role }) => role === 'PRIMARY');
  const { customer } = await db.booking.findUniqueOrThrow({
    where: { id: bookingId },
    select: { customer: { select: { emailNormalized: true } } },
  });
  const email = contact?.email ?? null;
  return email !== null && normalizeEmail(email) === customer.emailNormalized;
}
