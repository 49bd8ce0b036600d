import type { Tx } from '../../db/client.ts';
import { lockBookingRow, lockNights } from '../../db/locks.ts';
import type { LockedBooking } from '../../db/locks.ts';
import { SYSTEM } from '../../domain/booking.ts';
import type { PlainDate } from '../../domain/time/calendar.ts';
import { EXPIRABLE_STAGES } from '../../domain/payment-stage.ts';
import { releasePlace } from '../inventory/release-place.ts';
import { findCurrentPayment } from '../payment/find-current-payment.ts';
import { requestOperation } from '../gateway/operation/request-operation.ts';
import { describeExpiry } from './log-expiry.ts';
import type { ExpiredHold } from './log-expiry.ts';
import { changeBookingStatus } from '../transition/change-booking-status.ts';

/**
 * Expires the holds past their deadline that stand in the way of these nights, and frees what they held.
 *
 * Locks: all nights of the room type that any of them touches, in one pass in date order, then each booking.
 * Answers the holds that ended.
 */
export async function releaseOverdueHolds(
  tx: Tx,
  input: { roomTypeId: string; from: PlainDate; to: PlainDate; requestId: string | null },
): Promise<ExpiredHold[]> {
  const holds = await findOverdueHolds(tx, input);
  const dates = holds
    .flatMap((hold) => [hold.from, hold.to])
    .concat(input.from, input.to)
    .sort();
  const [first, last] = [dates[0] ?? input.from, dates.at(-1) ?? input.to];
  await lockNights(tx, { roomTypeId: input.roomTypeId, from: first, to: last });
  const expired: ExpiredHold[] = [];
  for (const { id } of holds) {
    const booking = await lockBookingRow(tx, id);
    // Its nights may have changed before we locked them; then it is not the hold we came for.
    const isCovered =
      booking?.stay?.roomTypeId === input.roomTypeId && booking.stay.checkIn >= first && booking.stay.heldUntil <= last;
    if (booking === null || !isCovered || !isOverdue(booking)) continue;
    await expireHold(tx, booking, input.requestId);
    expired.push(describeExpiry(booking));
  }
  return expired;
}

/** Ends a hold: status, nights, room, and the page it could be paid on. Expects its nights, room and row locked. */
export async function expireHold(tx: Tx, booking: LockedBooking, requestId: string | null): Promise<void> {
  await changeBookingStatus(tx, { booking, action: 'expire', actor: SYSTEM, requestId, reason: 'hold_ended' });
  await releasePlace(tx, { booking });
  const open = await findCurrentPayment(tx, booking, ['SESSION_CREATED']);
  if (open !== null) {
    await requestOperation(tx, { booking, paymentId: open.id, kind: 'EXPIRE_SESSION', actor: SYSTEM, requestId });
  }
}

/** Whether the hold may be taken away: past its deadline by the database's clock, and no money on its way. */
export function isOverdue(booking: LockedBooking): boolean {
  const isExpirable = EXPIRABLE_STAGES.includes(booking.paymentStage);
  const { status, expiresAt, now } = booking;
  return status === 'PENDING_PAYMENT' && isExpirable && expiresAt !== null && expiresAt <= now;
}

async function findOverdueHolds(
  tx: Tx,
  input: { roomTypeId: string; from: PlainDate; to: PlainDate },
): Promise<{ id: string; from: PlainDate; to: PlainDate }[]> {
  return tx.$queryRaw`
    SELECT b.id, s.check_in_on::text AS "from", s.held_until_on::text AS "to"
    FROM bookings b
    JOIN stays s ON s.booking_id = b.id
    WHERE b.status = 'PENDING_PAYMENT' AND b.expires_at <= (SELECT app_now())
      AND b.payment_stage IN ('NONE', 'SESSION_CREATED', 'FAILED')
      AND s.room_type_id = ${input.roomTypeId}::uuid
      AND s.check_in_on < ${input.to}::date AND s.held_until_on > ${input.from}::date
    ORDER BY b.id`;
}
