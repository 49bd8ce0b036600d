import type { Prisma, Tx } from '../../../../db/client.ts';
import type { LockedBooking } from '../../../../db/locks.ts';
import { computeAmountNeeded } from '../../../../domain/booking/amount-needed.ts';
import type { Author } from '../../../../domain/booking/booking.ts';
import type { Price } from '../../../../domain/money/price/price.ts';
import { withDeposit } from '../../../../domain/money/price/with-deposit.ts';
import type { RecordedEvent } from '../../../core/transition/record-event.ts';
import { closeOpenSession } from '../../../money/payment/close-open-session.ts';
import { sumOpenRefunds } from '../../../money/payment/sum-open-refunds.ts';
import { refundFromPayments } from '../../../money/refund/refund-from-payments.ts';

interface AppliedPrice {
  readonly set: Prisma.BookingUncheckedUpdateInput;
  /** The changed amounts, for the history. */
  readonly changes: NonNullable<RecordedEvent['changes']>;
  /** Amounts still to be paid before and after the move, in minor units. */
  readonly balance: { readonly before: number; readonly after: number };
  /** Requested gateway operations. */
  readonly operationIds: string[];
}

/**
 * Applies a new price: a higher total raises the balance due, a lower total shrinks the capture or refunds the surplus.
 *
 * A confirmed booking keeps its deposit, capped by the new total; a hold owes the new deposit. Refunds go to the card
 * first; a refund of a cash payment waits until staff hand over the cash.
 * Locks: expects the booking locked.
 */
export async function applyPrice(
  tx: Tx,
  input: { booking: LockedBooking; price: Price; author: Author },
): Promise<AppliedPrice> {
  const { booking, author } = input;
  const price = fitDeposit(booking, input.price);
  const total = price.totalPayable;
  // Only staff waive the whole of a higher price; a guest's move keeps at most the amount that was waived.
  const isAllWaived = author.actor.type === 'STAFF' && (await isFree(tx, booking));
  const waived = isAllWaived ? total : Math.min(booking.waivedAmount, total);
  const set = {
    price: { ...price } as unknown as Prisma.InputJsonObject,
    totalPayable: total,
    depositDue: price.depositDue,
    waivedAmount: waived,
  };
  const changes = {
    totalPayable: [booking.totalPayable, total] as const,
    ...(price.depositDue !== booking.depositDue && { depositDue: [booking.depositDue, price.depositDue] as const }),
    ...(waived !== booking.waivedAmount && { waivedAmount: [booking.waivedAmount, waived] as const }),
  };
  // An open checkout session asks for the old amount.
  const isSessionStale = total !== booking.totalPayable || price.depositDue !== booking.depositDue;
  if (isSessionStale) await closeOpenSession(tx, { booking, author });
  const refunding = await sumOpenRefunds(tx, booking);
  const before = { ...booking, refunding };
  const after = { ...before, totalPayable: total, depositDue: price.depositDue, waivedAmount: waived };
  const balance = { before: computeAmountNeeded(before).balance, after: computeAmountNeeded(after).balance };
  const surplus = booking.paidAmount - refunding + waived - total;
  if (surplus <= 0) return { set, changes, balance, operationIds: [] };
  const { operationIds } = await refundFromPayments(tx, {
    booking,
    amount: surplus,
    to: 'ORIGINAL',
    origin: 'SYSTEM',
    reason: 'the price fell',
    author,
  });
  return { set, changes, balance, operationIds: [...operationIds] };
}

/** Tells whether the whole price was waived from the start; a refund proves an earlier payment. */
async function isFree(tx: Tx, { id, waivedAmount, totalPayable }: LockedBooking): Promise<boolean> {
  if (waivedAmount === 0 || waivedAmount < totalPayable) return false;
  return (await tx.refund.findFirst({ where: { bookingId: id, state: { not: 'CANCELLED' } } })) === null;
}

function fitDeposit(booking: LockedBooking, price: Price): Price {
  const total = price.totalPayable;
  const isHold = booking.status === 'PENDING_PAYMENT';
  return withDeposit(price, isHold ? price.depositDue : Math.min(booking.depositDue, total));
}
