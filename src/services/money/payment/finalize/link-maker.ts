import type { Payment, Tx } from '../../../../db/client.ts';
import type { Author } from '../../../../domain/booking/booking.ts';

/** Returns the id of the guest's link that a request came with; null for everybody else. */
export function guestTokenOf({ actor }: Author): string | null {
  return actor.type === 'GUEST' ? actor.id : null;
}

/**
 * Finds the first name of the member of staff who made the link behind a payment.
 *
 * Null for a link from the booking's own answer, and for a payment without a link.
 */
export async function findLinkMaker(
  tx: Pick<Tx, 'guestToken'>,
  { payment, author }: { readonly payment: Pick<Payment, 'guestTokenId'> | null; readonly author: Author },
): Promise<string | null> {
  const id = payment?.guestTokenId ?? guestTokenOf(author);
  if (id === null) return null;
  const link = await tx.guestToken.findUnique({ where: { id }, select: { issuedName: true } });
  return link?.issuedName ?? null;
}
