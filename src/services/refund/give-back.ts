import type { Payment, Refund, Tx } from '../../db/client.ts';
import type { LockedBooking } from '../../db/locks.ts';
import type { Actor } from '../../domain/booking.ts';
import { requestRefund } from './request-refund.ts';

export interface GivingBack {
  readonly booking: LockedBooking;
  /** In minor units, in all. */
  readonly amount: number;
  /** To where it came from, or all of it into the customer's wallet. */
  readonly to: 'ORIGINAL' | 'WALLET';
  readonly origin: Refund['origin'];
  readonly reason: string | null;
  readonly actor: Actor;
  readonly requestId: string | null;
  readonly isHandedOver?: boolean;
}

/** The gateway's first, because it is done without anybody; what was paid by hand last. */
const ORDER: readonly string[] = ['STRIPE', 'WALLET', 'MANUAL'];

export interface GivenBack {
  readonly refundIds: readonly string[];
  /** What the gateway is to do. */
  readonly operationIds: readonly string[];
  /** What nothing was left for. */
  readonly missing: number;
}

/**
 * Gives an amount of a booking's money back, out of its payments: cards first, the latest before the others.
 *
 * Locks: expects the booking locked.
 */
export async function giveBack(tx: Tx, giving: GivingBack): Promise<GivenBack> {
  const { booking, to, origin, reason, actor, requestId, isHandedOver = false } = giving;
  const refunds = [];
  let missing = giving.amount;
  for (const { payment, left } of await listRefundable(tx, booking)) {
    const amount = Math.min(missing, left);
    if (amount <= 0) continue;
    const destination = to === 'WALLET' ? 'WALLET' : destinationOf(payment);
    const request = { booking, payment, amount, destination, origin, reason, actor, requestId, runsAtOnce: true };
    refunds.push(await requestRefund(tx, { ...request, isHandedOver: isHandedOver && destination === 'MANUAL' }));
    missing -= amount;
  }
  return {
    refundIds: refunds.map(({ refundId }) => refundId),
    operationIds: refunds.flatMap(({ operationId }) => operationId ?? []),
    missing,
  };
}

/** A booking's payments that have something left to give back, in the order it is taken from them. */
export async function listRefundable(
  tx: Tx,
  booking: Pick<LockedBooking, 'id'>,
): Promise<{ payment: Payment; left: number }[]> {
  const payments = await tx.payment.findMany({
    where: { bookingId: booking.id, stage: { in: ['CAPTURED', 'PARTIALLY_REFUNDED'] } },
    include: { refunds: { where: { state: { in: ['PENDING', 'UNKNOWN'] } }, select: { amount: true } } },
    orderBy: { id: 'desc' },
  });
  return payments
    .map(({ refunds, ...payment }) => ({
      payment,
      left: refunds.reduce(
        (left, { amount }) => left - Number(amount),
        Number(payment.amount - payment.refundedAmount),
      ),
    }))
    .sort((a, b) => ORDER.indexOf(a.payment.provider) - ORDER.indexOf(b.payment.provider));
}

/** What of a booking's money is on its way back and not out yet. */
export async function sumOpenRefunds(tx: Tx, booking: Pick<LockedBooking, 'id'>): Promise<number> {
  const { _sum } = await tx.refund.aggregate({
    where: { bookingId: booking.id, state: { in: ['PENDING', 'UNKNOWN'] } },
    _sum: { amount: true },
  });
  return Number(_sum.amount ?? 0);
}

function destinationOf({ provider }: Payment): Refund['destination'] {
  if (provider === 'STRIPE') return 'CARD';
  return provider === 'WALLET' ? 'WALLET' : 'MANUAL';
}
