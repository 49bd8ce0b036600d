import { randomUUIDv7 } from 'node:crypto';
import type { Payment, Refund, Tx } from '../../db/client.ts';
import type { LockedBooking } from '../../db/locks.ts';
import type { Actor } from '../../domain/booking.ts';
import { requestOperation } from '../gateway/operation/request-operation.ts';
import { postTransfers } from '../ledger/post-transfers.ts';
import { unearn } from '../ledger/settle-earnings.ts';
import { settleRefund } from './settle-refund.ts';

export interface RefundRequest {
  readonly booking: LockedBooking;
  readonly payment: Payment;
  readonly amount: number;
  readonly destination: Refund['destination'];
  readonly origin: Refund['origin'];
  readonly reason: string | null;
  readonly actor: Actor;
  readonly requestId: string | null;
  /** Staff hand the money over as they say so. */
  readonly isHandedOver?: boolean;
  /** The gateway is not asked earlier than this. */
  readonly notBefore?: Date;
  /** The caller asks the gateway right after the commit. */
  readonly runsAtOnce?: boolean;
}

export interface RequestedRefund {
  readonly refundId: string;
  /** What the gateway is to do; null where it has no part in it. */
  readonly operationId: string | null;
}

/**
 * Writes down that money goes back, and sets it aside in the ledger, so that it can't go back twice.
 *
 * To a wallet it goes at once; to a card when the gateway has done it; by hand when staff say that they have.
 * Locks: expects the booking locked. Throws: refund_exceeds_captured, by constraint.
 */
export async function requestRefund(tx: Tx, request: RefundRequest): Promise<RequestedRefund> {
  const { booking, payment, amount, destination, actor, requestId } = request;
  const { id: bookingId, propertyId, currency } = booking;
  const refund = await tx.refund.create({
    data: {
      ...{ id: randomUUIDv7(), propertyId, bookingId, currency, amount, destination, paymentId: payment.id },
      ...{ origin: request.origin, reason: request.reason, requestId },
      ...{ actorType: actor.type, actorId: actor.id, actorName: actor.name },
    },
  });
  await setAside(tx, { booking, refund, amount, actor, requestId });
  if (destination === 'WALLET' || request.isHandedOver === true) {
    await settleRefund(tx, { booking, refund, actor, requestId });
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
    ...{ ...operation, actor, requestId, runsAtOnce },
    ...(notBefore && { notBefore }),
  });
  return { refundId: refund.id, operationId };
}

/** Takes what a refund is worth off the booking's account. What was earned by it already is earned no more. */
export async function setAside(
  tx: Tx,
  input: { booking: LockedBooking; refund: Refund; amount: number; actor: Actor; requestId: string | null },
): Promise<void> {
  const { booking, refund, amount, actor, requestId } = input;
  await unearn(tx, { booking, amount, actor, requestId });
  await postTransfers(tx, {
    ...{ propertyId: booking.propertyId, currency: booking.currency, actor, requestId },
    transfers: [
      {
        ...{ kind: 'REFUND', amount, from: { kind: 'BOOKING', bookingId: booking.id }, to: { kind: 'REFUNDS' } },
        ...{ bookingId: booking.id, paymentId: refund.paymentId, refundId: refund.id, reason: refund.reason },
      },
    ],
  });
}
