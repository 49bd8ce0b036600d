import type { Tx } from '../../../db/client.ts';
import { lockBookingRow, lockNights } from '../../../db/locks.ts';
import type { LockedBooking } from '../../../db/locks.ts';
import { overdueHold } from '../../../db/predicates.ts';
import { SYSTEM } from '../../../domain/booking/booking.ts';
import type { PlainDate } from '../../../domain/time/calendar.ts';
import { isOverdue } from '../../../domain/booking/hold.ts';
import { releaseAllocation } from '../../stock/allocation/release-allocation.ts';
import { findCurrentPayment } from '../../money/payment/find-current-payment.ts';
import { requestOperation } from '../../money/operation/request-operation.ts';
import { describeExpiry } from './log-expiry.ts';
import type { ExpiredHold } from './log-expiry.ts';
import { changeBookingStatus } from '../../core/transition/change-booking-status.ts';

/**
 * Expires the overdue holds that block a range of nights of a room type.
 *
 * Locks: all nights of the range and of the holds, in one pass in date order, then each booking.
 * Returns: the expired holds.
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
    // The nights of the booking may have changed before the lock; nights outside of the locked range are left alone.
    const isCovered =
      booking?.stay?.roomTypeId === input.roomTypeId && booking.stay.checkIn >= first && booking.stay.heldUntil <= last;
    if (booking === null || !isCovered || !isOverdue(booking)) continue;
    await expireHoldInTx(tx, booking, input.requestId);
    expired.push(describeExpiry(booking));
  }
  return expired;
}

/**
 * Expires a hold, releases its place and closes its checkout session.
 *
 * Locks: expects nights or provider, room and booking locked.
 */
export async function expireHoldInTx(tx: Tx, booking: LockedBooking, requestId: string | null): Promise<void> {
  await changeBookingStatus(tx, {
    booking,
    action: 'expire',
    author: { actor: SYSTEM, requestId },
    reason: 'hold_ended',
  });
  await releaseAllocation(tx, { booking });
  const open = await findCurrentPayment(tx, booking, ['SESSION_CREATED']);
  if (open !== null) {
    await requestOperation(tx, {
      booking,
      paymentId: open.id,
      kind: 'EXPIRE_SESSION',
      author: { actor: SYSTEM, requestId },
    });
  }
}

async function findOverdueHolds(
  tx: Tx,
  input: { roomTypeId: string; from: PlainDate; to: PlainDate },
): Promise<{ id: string; from: PlainDate; to: PlainDate }[]> {
  return tx.$queryRaw`
    SELECT b.id, s.check_in_on::text AS "from", s.held_until_on::text AS "to"
    FROM bookings b
    JOIN stays s ON s.booking_id = b.id
    WHERE ${overdueHold()} AND s.room_type_id = ${input.roomTypeId}::uuid
      AND s.check_in_on < ${input.to}::date AND s.held_until_on > ${input.from}::date
    ORDER BY b.id`;
}
