import type { Payment, Refund, Tx } from '../../db/client.ts';
import type { LockedBooking } from '../../db/locks.ts';
import { SYSTEM } from '../../domain/booking.ts';
import type { Actor } from '../../domain/booking.ts';
import { hasEnded } from '../../domain/booking-status.ts';
import { postTransfers } from '../ledger/post-transfers.ts';
import { earnRest } from '../ledger/settle-earnings.ts';
import { listRefundable } from '../refund/give-back.ts';
import { requestRefund } from '../refund/request-refund.ts';
import { noteForgiven } from '../refund/waive-refunded.ts';
import { recordEvent } from '../transition/record-event.ts';

interface Disputed {
  readonly booking: LockedBooking;
  readonly payment: Payment;
  readonly actor: Actor;
  readonly requestId: string | null;
}

/** The gateway's word for a refund of a charge that is, or was, taken back by the bank. */
export const CHARGE_DISPUTED = 'charge_disputed';

/**
 * Ends refunds to a card that the gateway does not make because the charge is disputed: they are not asked for again.
 *
 * REFUSED are those it has said so of: of an inquiry, which hinders no refund, it says it of none. ALL when the dispute is
 * lost, and the bank has given the money back instead. Locks: expects the booking locked.
 */
export async function withholdRefunds(tx: Tx, disputed: Disputed, which: 'REFUSED' | 'ALL'): Promise<void> {
  const { booking, payment, actor, requestId } = disputed;
  const refunds = await tx.refund.findMany({
    where: {
      ...{ paymentId: payment.id, destination: 'CARD', state: { in: ['PENDING', 'UNKNOWN'] } },
      ...(which === 'REFUSED' && { lastError: CHARGE_DISPUTED }),
    },
    orderBy: { id: 'asc' },
  });
  for (const refund of refunds) await withhold(tx, disputed, refund);
  if (refunds.length > 0 && hasEnded(booking.status)) await earnRest(tx, { booking, actor, requestId });
}

async function withhold(tx: Tx, { booking, actor, requestId }: Disputed, refund: Refund): Promise<void> {
  const amount = Number(refund.amount - refund.uncoveredAmount);
  await tx.refund.update({ where: { id: refund.id }, data: { state: 'CANCELLED', lastError: CHARGE_DISPUTED } });
  await tx.gatewayOperation.updateMany({
    where: { refundId: refund.id, state: { in: ['PENDING', 'UNKNOWN'] } },
    data: { state: 'REFUSED', outcome: CHARGE_DISPUTED, settledAt: booking.now, leasedUntil: null },
  });
  // What it was to forgive is not forgiven by a refund that nobody makes.
  if (refund.origin !== 'SYSTEM') await noteForgiven(tx, booking, -amount);
  const { id: bookingId, propertyId, currency } = booking;
  await postTransfers(tx, {
    ...{ propertyId, currency, actor, requestId },
    transfers: [
      {
        ...{ kind: 'REFUND_CANCELLED', from: { kind: 'REFUNDS' }, to: { kind: 'BOOKING', bookingId }, amount },
        ...{ bookingId, paymentId: refund.paymentId, refundId: refund.id },
      },
    ],
  });
  const event = { booking, action: 'refund-withheld', actor, requestId, reason: 'disputed' };
  await recordEvent(tx, { ...event, changes: { refundAmount: [amount, 0] }, announce: ['payment_failed'] });
}

/**
 * Asks again, once, for the refunds that a dispute had ended, now that it is won and the money is back.
 *
 * Never for more than is left of the payment. Locks: expects the booking locked.
 */
export async function resumeRefunds(tx: Tx, { booking, payment, requestId }: Disputed): Promise<void> {
  const withheld = { paymentId: payment.id, state: 'CANCELLED', lastError: CHARGE_DISPUTED } as const;
  for (const refund of await tx.refund.findMany({ where: withheld, orderBy: { id: 'asc' } })) {
    const refundable = (await listRefundable(tx, booking)).find((one) => one.payment.id === payment.id);
    const amount = Math.min(Number(refund.amount - refund.uncoveredAmount), refundable?.left ?? 0);
    if (refundable === undefined || amount <= 0) continue;
    await tx.refund.update({ where: { id: refund.id }, data: { lastError: null } });
    await requestRefund(tx, {
      ...{ booking, payment: refundable.payment, amount, destination: 'CARD', origin: refund.origin, requestId },
      ...{ actor: SYSTEM, reason: refund.reason },
    });
    if (refund.origin !== 'SYSTEM') await noteForgiven(tx, booking, amount);
  }
}
