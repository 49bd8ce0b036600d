import type { Context } from '../../../../context.ts';
import type { HeldMove, Tx } from '../../../../db/client.ts';
import { transaction } from '../../../../db/transaction.ts';
import { lockNights } from '../../../../db/locks.ts';
import type { LockedBooking } from '../../../../db/locks.ts';
import { SYSTEM } from '../../../../domain/booking/booking.ts';
import { addDays, toPlainDate } from '../../../../domain/time/calendar.ts';
import { announceAvailability } from '../../../core/feed/announce.ts';
import { lockBookingByIdWithAllocation } from '../../../core/booking/lock-booking.ts';
import { assertNothingInFlight } from '../../../money/payment/find-current-payment.ts';
import { readAmountNeeded } from '../../../money/payment/read-amount-needed.ts';
import { dropRedemption } from '../../../stock/redemption/drop-redemption.ts';
import { revertMove } from './revert-move.ts';

/** PAID: the booking stays where it moved. REVERTED: it is where it was. WAITING: its time to pay is not over. */
export type HeldMoveEnd = 'PAID' | 'REVERTED' | 'WAITING';

/**
 * Ends the held move of a booking: for good where it is paid or staff take over, else back at its deadline.
 *
 * The kept nights are released, or are the stay's again. A booking that has ended or checked in keeps its place.
 * Locks: kept, old and new nights, both providers, the booking.
 * Throws: payment_in_progress while a payment is under way.
 * Idempotent: without a held move nothing happens.
 */
export async function endHeldMove(
  ctx: Context,
  { bookingId, isTakenOver = false }: { bookingId: string; isTakenOver?: boolean },
): Promise<HeldMoveEnd> {
  return transaction(ctx, async (tx) => {
    const seen = await tx.heldMove.findUnique({
      where: { bookingId },
      include: { booking: { select: { stay: { select: { roomTypeId: true, checkInOn: true, checkOutOn: true } } } } },
    });
    if (seen === null) return 'PAID';
    const { stay } = seen.booking;
    if (stay !== null) {
      const dates = [
        stay.checkInOn,
        stay.checkOutOn,
        seen.checkInOn ?? stay.checkInOn,
        seen.checkOutOn ?? stay.checkOutOn,
      ]
        .map(toPlainDate)
        .toSorted();
      await lockNights(tx, { roomTypeId: stay.roomTypeId, from: dates[0] ?? '', to: dates.at(-1) ?? '' });
    }
    const providerIds = seen.providerId === null ? [] : [seen.providerId];
    const booking = await lockBookingByIdWithAllocation(tx, { id: bookingId, providerIds });
    const held = await tx.heldMove.findUnique({ where: { bookingId } });
    if (held === null) return 'PAID';
    const { balance } = await readAmountNeeded(tx, booking);
    if (isTakenOver || booking.status !== 'CONFIRMED' || balance <= Number(held.balance)) {
      await closeMove(tx, booking, held);
      return 'PAID';
    }
    if (held.expiresAt > booking.now) return 'WAITING';
    await assertNothingInFlight(tx, booking);
    await tx.heldMove.delete({ where: { bookingId } });
    const author = { actor: SYSTEM, requestId: ctx.request?.id ?? null };
    await revertMove(tx, { booking, held, author });
    return 'REVERTED';
  });
}

/** Makes a move final: releases the kept nights and drops a promo that the move gave up. */
async function closeMove(tx: Tx, booking: LockedBooking, held: HeldMove): Promise<void> {
  await tx.heldMove.delete({ where: { bookingId: held.bookingId } });
  if (held.dropsPromo) await dropRedemption(tx, booking);
  const kept = held.keptNights.map(toPlainDate).toSorted();
  const [first, last] = [kept[0], kept.at(-1)];
  if (booking.stay === null || first === undefined || last === undefined) return;
  const { roomTypeId } = booking.stay;
  await tx.$executeRaw`
    UPDATE inventory_nights SET reserved = reserved - 1
    WHERE room_type_id = ${roomTypeId}::uuid AND night = ANY(${kept}::date[])`;
  await announceAvailability(tx, { roomTypeId, from: first, to: addDays(last, 1) });
}
