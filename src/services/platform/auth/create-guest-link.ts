import { randomUUIDv7 } from 'node:crypto';
import { z } from 'zod';
import type { RequestContext } from '../../../context.ts';
import { BOOKING_TOKEN_CAPABILITIES, CAPABILITIES } from '../../../domain/access/capabilities.ts';
import { mayChangeWallet } from '../../../domain/access/wallet-right.ts';
import type { BookingActionInput } from '../../core/booking/act-on-booking.ts';
import { lockBooking } from '../../core/booking/lock-booking.ts';
import { answerOnce } from '../../core/idempotency/answer-once.ts';
import { storedResponse } from '../../core/idempotency/stored-response.ts';
import { logAction } from '../../core/log/log-action.ts';
import { hashToken, makeToken } from '../../core/secrets/token.ts';
import { recordEvent } from '../../core/transition/record-event.ts';
import { isWalletOfContact } from '../../money/wallet/is-wallet-of-contact.ts';

/** A guest's link works so many days after the booking's end. */
const DAYS_AFTER_END = 30;
const DAY_MS = 86_400_000;

const storedLink = storedResponse('guest link', z.object({ guestToken: z.string() }));

/**
 * Creates a guest link and revokes the earlier links.
 *
 * For staff, who check the guest's identity first. The link spends the wallet only where its maker may change wallets
 * and the booking's contact is the customer.
 * Throws: not_found, version_conflict.
 */
export async function createGuestLink(
  ctx: RequestContext,
  input: BookingActionInput,
): Promise<{ readonly guestToken: string }> {
  const { code } = input;
  return logAction(ctx, { event: 'booking/guest-link', fields: { code } }, () =>
    answerOnce(ctx, storedLink, async (tx) => {
      const booking = await lockBooking(tx, input);
      const { endsAt } = await tx.booking.findUniqueOrThrow({ where: { id: booking.id }, select: { endsAt: true } });
      const hasWallet = mayChangeWallet(ctx.author) && (await isWalletOfContact(ctx, tx, { bookingId: booking.id }));
      const { actor } = ctx.author;
      const guestToken = makeToken();
      const expiresAt = new Date(Math.max(endsAt.getTime(), booking.now.getTime()) + DAYS_AFTER_END * DAY_MS);
      await tx.guestToken.updateMany({
        where: { bookingId: booking.id, revokedAt: null },
        data: { revokedAt: booking.now },
      });
      await tx.guestToken.create({
        data: {
          id: randomUUIDv7(),
          bookingId: booking.id,
          tokenHash: hashToken(guestToken),
          expiresAt,
          capabilities: [...(hasWallet ? CAPABILITIES : BOOKING_TOKEN_CAPABILITIES)],
          issuedBy: actor.id,
          issuedName: actor.name,
        },
      });
      const changes = { wallet: [null, hasWallet ? 'INCLUDED' : 'LEFT_OUT'] } as const;
      await recordEvent(tx, { booking, action: 'guest-link', author: ctx.author, changes, announce: [] });
      return { guestToken };
    }),
  );
}
