import { AppError } from '../../errors.ts';
import type { Author } from '../booking/booking.ts';

/** A payment that is refunded, by the way the money came in. */
interface RefundedPayment {
  /** STRIPE, WALLET or MANUAL. */
  readonly provider: string;
}

/**
 * Tells whether the author may put money into a wallet or take money out.
 *
 * Jobs and the gateway only finish what somebody with the right began.
 */
export function mayChangeWallet({ actor, canChangeWallet = false }: Author): boolean {
  return canChangeWallet || actor.type === 'SYSTEM' || actor.type === 'PAYMENT';
}

/** Asserts that the author may spend or fill a wallet. Throws: forbidden. */
export function assertMayChangeWallet(author: Author): void {
  if (mayChangeWallet(author)) return;
  const detail =
    author.actor.type === 'STAFF'
      ? 'Moving money into or out of a wallet needs the permission "wallet.change" (a manager or an owner).'
      : 'This token may not use the wallet; use the link mailed to the customer.';
  throw new AppError('forbidden', { detail });
}

/**
 * Asserts that the author may refund this payment into the wallet.
 *
 * Money that came out of the wallet returns there by anybody's action. A guest may send the own card's money there.
 * Cash becomes wallet money only by somebody with the right: otherwise a payment that nobody made, recorded and
 * cancelled, would be money to spend.
 * Throws: forbidden.
 */
export function assertMayRefundToWallet(author: Author, { provider }: RefundedPayment): void {
  if (provider === 'WALLET') return;
  if (provider === 'STRIPE' && author.actor.type === 'GUEST') return;
  assertMayChangeWallet(author);
}
