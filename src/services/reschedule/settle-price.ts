import type { Prisma, Tx } from '../../db/client.ts';
import type { LockedBooking } from '../../db/locks.ts';
import type { Actor } from '../../domain/booking.ts';
import type { Price } from '../../domain/price.ts';
import { closeOpenPage } from '../payment/close-open-page.ts';
import { requestOperation } from '../gateway/request-operation.ts';
import { recordEvent } from '../transition/record-event.ts';

interface Settlement {
  readonly set: Prisma.BookingUncheckedUpdateInput;
  /** What the gateway is to do. */
  readonly operationIds: string[];
}

/**
 * Settles what a booking's new price changes: a rise is balance due, a fall a smaller capture or money back.
 *
 * What made the booking stand stays what it was, as far as the new total reaches; a hold pays what is due now. Money goes
 * back to the card first; what was paid by hand is noted as given back, for the desk to do.
 * Locks: expects the booking locked.
 */
export async function settlePrice(
  tx: Tx,
  input: { booking: LockedBooking; price: Price; actor: Actor; requestId: string | null },
): Promise<Settlement> {
  const { booking, actor, requestId } = input;
  const price = fitDeposit(booking, input.price);
  const total = price.totalPayable;
  const isAllWaived = booking.waivedAmount > 0 && booking.waivedAmount >= booking.totalPayable;
  const waived = isAllWaived ? total : Math.min(booking.waivedAmount, total);
  const set = {
    price: { ...price } as unknown as Prisma.InputJsonObject,
    ...{ totalPayable: total, depositDue: price.depositDue, waivedAmount: waived },
  };
  // A page that is open asks for the old amount.
  const isPageStale = total !== booking.totalPayable || price.depositDue !== booking.depositDue;
  if (isPageStale) await closeOpenPage(tx, { booking, actor, requestId });
  const surplus = booking.paidAmount + waived - total;
  if (surplus <= 0) return { set, operationIds: [] };
  const { operationIds, left } = await refundCards(tx, { ...input, surplus });
  const handed = await noteHandedBack(tx, { ...input, surplus: left });
  return { set: { ...set, ...(handed > 0 && { paidAmount: booking.paidAmount - handed }) }, operationIds };
}

function fitDeposit(booking: LockedBooking, price: Price): Price {
  const total = price.totalPayable;
  const isHold = booking.status === 'PENDING_PAYMENT';
  const depositDue = isHold ? price.depositDue : Math.min(booking.depositDue, total);
  return { ...price, depositDue, balanceDue: total - depositDue, walletApplied: 0, gatewayPayable: depositDue };
}

async function refundCards(
  tx: Tx,
  input: { booking: LockedBooking; actor: Actor; requestId: string | null; surplus: number },
): Promise<{ operationIds: string[]; left: number }> {
  const { booking, actor, requestId } = input;
  const payments = await tx.payment.findMany({
    where: { bookingId: booking.id, provider: 'STRIPE', stage: { in: ['CAPTURED', 'PARTIALLY_REFUNDED'] } },
    orderBy: { id: 'desc' },
  });
  let left = input.surplus;
  const operationIds: string[] = [];
  for (const payment of payments) {
    const refundedBefore = Number(payment.refundedAmount);
    const amount = Math.min(left, Number(payment.amount) - refundedBefore);
    if (amount <= 0) continue;
    const refund = { booking, paymentId: payment.id, kind: 'REFUND' as const, params: { amount, refundedBefore } };
    operationIds.push(await requestOperation(tx, { ...refund, actor, requestId, runsAtOnce: true }));
    left -= amount;
  }
  return { operationIds, left };
}

async function noteHandedBack(
  tx: Tx,
  input: { booking: LockedBooking; actor: Actor; requestId: string | null; surplus: number },
): Promise<number> {
  const { booking, actor, requestId } = input;
  const payments = await tx.payment.findMany({
    where: { bookingId: booking.id, provider: 'MANUAL', stage: { in: ['CAPTURED', 'PARTIALLY_REFUNDED'] } },
    orderBy: { id: 'desc' },
  });
  let handed = 0;
  for (const { id, amount, refundedAmount } of payments) {
    const back = Math.min(input.surplus - handed, Number(amount - refundedAmount));
    if (back <= 0) continue;
    const refunded = Number(refundedAmount) + back;
    const stage = refunded === Number(amount) ? 'REFUNDED' : 'PARTIALLY_REFUNDED';
    await tx.payment.update({ where: { id }, data: { refundedAmount: refunded, stage } });
    handed += back;
  }
  if (handed === 0) return 0;
  await recordEvent(tx, {
    ...{ booking, action: 'refund', actor, requestId, reason: 'by hand, at the desk' },
    changes: { paidAmount: [booking.paidAmount, booking.paidAmount - handed] },
    announce: ['refund_issued'],
  });
  return handed;
}
