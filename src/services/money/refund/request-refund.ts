import { randomUUIDv7 } from 'node:crypto';
import type { Payment, Refund, Tx } from '../../../db/client.ts';
import type { LockedBooking } from '../../../db/locks.ts';
import type { Author } from '../../../domain/booking/booking.ts';
import { requestOperation } from '../operation/request-operation.ts';
import { postTransfers } from '../ledger/post-transfers.ts';
import { reverseEarnings } from '../ledger/recognize-earnings.ts';
import { recordRefund } from './record-refund.ts';

export interface RefundRequest {
  readonly booking: LockedBooking;
  readonly payment: Payment;
  readonly amount: number;
  readonly destination: Refund['destination'];
  readonly origin: Refund['origin'];
  readonly reason: string | null;
  readonly author: Author;
  /** Staff have handed the money over already. */
  readonly isHandedOver?: boolean;
  /** Earliest time of the request to the gateway. */
  readonly notBefore?: Date;
  /** The caller runs the operation right after the commit. */
  readonly runsAtOnce?: boolean;
}

export interface RequestedRefund {
  readonly refundId: string;
  /** The gateway operation to run; null for refunds without the gateway. */
  readonly operationId: string | null;
}

/**
 * Creates a refund and reserves its amount in the ledger, which prevents a second refund of this money.
 *
 * A wallet is refunded at once, a card when the gateway confirms, a manual refund when staff record the handover.
 * Locks: expects the booking locked.
 * Throws: refund_exceeds_captured, by constraint.
 */
export async function requestRefund(tx: Tx, request: RefundRequest): Promise<RequestedRefund> {
  const { booking, payment, amount, destination, author } = request;
  const { id: bookingId, propertyId, currency } = booking;
  const { actor, requestId } = author;
  const refund = await tx.refund.create({
    data: {
      id: randomUUIDv7(),
      propertyId,
      bookingId,
      currency,
      amount,
      destination,
      paymentId: payment.id,
      origin: request.origin,
      reason: request.reason,
      requestId,
      actorType: actor.type,
      actorId: actor.id,
      actorName: actor.name,
    },
  });
  await reserveRefund(tx, { booking, refund, amount, author });
  if (destination === 'WALLET' || request.isHandedOver === true) {
    await recordRefund(tx, { booking, refund, author });
    return { refundId: refund.id, operationId: null };
  }
  if (destination === 'MANUAL') return { refundId: refund.id, operationId: null };
  const { notBefore, runsAtOnce = false } = request;
  const operation = {
    booking,
    paymentId: payment.id,
    refundId: refund.id,
    kind: 'REFUND' as const,
    params: { amount },
  };
  const operationId = await requestOperation(tx, {
    ...operation,
    author,
    runsAtOnce,
    ...(notBefore && { notBefore }),
  });
  return { refundId: refund.id, operationId };
}

/** Moves a refund's amount from the booking's account to refunds, and reverses earnings as far as needed. */
export async function reserveRefund(
  tx: Tx,
  input: { booking: LockedBooking; refund: Refund; amount: number; author: Author },
): Promise<void> {
  const { booking, refund, amount, author } = input;
  await reverseEarnings(tx, { booking, amount, author });
  await postTransfers(tx, {
    propertyId: booking.propertyId,
    currency: booking.currency,
    author,
    transfers: [
      {
        kind: 'REFUND',
        amount,
        from: { kind: 'BOOKING', bookingId: booking.id },
        to: { kind: 'REFUNDS' },
        bookingId: booking.id,
        paymentId: refund.paymentId,
        refundId: refund.id,
        reason: refund.reason,
      },
    ],
  });
}
