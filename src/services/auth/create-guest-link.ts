import { randomUUIDv7 } from 'node:crypto';
import type { Context } from '../../context.ts';
import { CAPABILITIES } from '../../domain/access/capabilities.ts';
import type { BookingActionInput } from '../booking/act-on-booking.ts';
import { lockBooking } from '../booking/lock-booking.ts';
import { answerOnce } from '../idempotency/answer-once.ts';
import { logAction } from '../log-action.ts';
import { hashToken, makeToken } from '../secrets/token.ts';
import { recordEvent } from '../transition/record-event.ts';

/** How long a guest's link works after the booking's end. */
const DAYS_AFTER_END = 30;
const DAY_MS = 86_400_000;

/**
 * A new link for the guest, which may do everything, the wallet included; the links before it end.
 *
 * For staff, who know whom they give it to. Throws: not_found, version_conflict.
 */
export async function createGuestLink(
  ctx: Context,
  input: BookingActionInput,
): Promise<{ readonly guestToken: string }> {
  const { actor, code } = input;
  return logAction(ctx, { event: 'booking/guest-link', actor, fields: { code } }, () =>
    answerOnce(ctx, async (tx) => {
      const booking = await lockBooking(tx, input);
      const { endsAt } = await tx.booking.findUniqueOrThrow({ where: { id: booking.id }, select: { endsAt: true } });
      const guestToken = makeToken();
      const expiresAt = new Date(Math.max(endsAt.getTime(), booking.now.getTime()) + DAYS_AFTER_END * DAY_MS);
      await tx.guestToken.updateMany({
        where: { bookingId: booking.id, revokedAt: null },
        data: { revokedAt: booking.now },
      });
      const own = { id: randomUUIDv7(), bookingId: booking.id, tokenHash: hashToken(guestToken), expiresAt };
      await tx.guestToken.create({ data: { ...own, capabilities: [...CAPABILITIES] } });
      await recordEvent(tx, { booking, action: 'guest-link', actor, requestId: ctx.request.id, announce: [] });
      return { guestToken };
    }),
  );
}
