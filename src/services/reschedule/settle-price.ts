import type { Prisma, Tx } from '../../db/client.ts';
import type { LockedBooking } from '../../db/locks.ts';
import type { Actor } from '../../domain/booking.ts';
import type { Price } from '../../domain/money/price/price.ts';
import { closeOpenPage } from '../payment/close-open-page.ts';
import { giveBack, sumOpenRefunds } from '../refund/give-back.ts';

interface Settlement {
  readonly set: Prisma.BookingUncheckedUpdateInput;
  /** What the gateway is to do. */
  readonly operationIds: string[];
}

/**
 * Settles what a booking's new price changes: a rise is balance due, a fall a smaller capture or money back.
 *
 * What made the booking stand stays what it was, as far as the new total reaches; a hold pays what is due now. Money goes
 * back to the card first; what was paid by hand waits for the desk to hand it over.
 * Locks: expects the booking locked.
 */
export async function settlePrice(
  tx: Tx,
  input: { booking: LockedBooking; price: Price; actor: Actor; requestId: string | null },
): Promise<Settlement> {
  const { booking, actor, requestId } = input;
  const price = fitDeposit(booking, input.price);
  const total = price.totalPayable;
  const isAllWaived = await isFree(tx, booking);
  const waived = isAllWaived ? total : Math.min(booking.waivedAmount, total);
  const set = {
    price: { ...price } as unknown as Prisma.InputJsonObject,
    ...{ totalPayable: total, depositDue: price.depositDue, waivedAmount: waived },
  };
  // A page that is open asks for the old amount.
  const isPageStale = total !== booking.totalPayable || price.depositDue !== booking.depositDue;
  if (isPageStale) await closeOpenPage(tx, { booking, actor, requestId });
  const underWay = await sumOpenRefunds(tx, booking);
  const surplus = booking.paidAmount - underWay + waived - total;
  if (surplus <= 0) return { set, operationIds: [] };
  const giving = { booking, amount: surplus, to: 'ORIGINAL', origin: 'SYSTEM', reason: 'the price fell' } as const;
  const { operationIds } = await giveBack(tx, { ...giving, actor, requestId });
  return { set, operationIds: [...operationIds] };
}

/** Whether nothing of it was ever asked for; what was paid and given back was. */
async function isFree(tx: Tx, { id, waivedAmount, totalPayable }: LockedBooking): Promise<boolean> {
  if (waivedAmount === 0 || waivedAmount < totalPayable) return false;
  return (await tx.refund.findFirst({ where: { bookingId: id, state: { not: 'CANCELLED' } } })) === null;
}

function fitDeposit(booking: LockedBooking, price: Price): Price {
  const total = price.totalPayable;
  const isHold = booking.status === 'PENDING_PAYMENT';
  const depositDue = isHold ? price.depositDue : Math.min(booking.depositDue, total);
  return { ...price, depositDue, balanceDue: total - depositDue, walletApplied: 0, gatewayPayable: depositDue };
}
