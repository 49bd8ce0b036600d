import type { Payment, Refund, Tx } from '../../db/client.ts';
import type { LockedBooking } from '../../db/locks.ts';
import type { Actor } from '../../domain/booking.ts';
import { hasEnded } from '../../domain/booking-status.ts';
import { recordEvent } from '../transition/record-event.ts';
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
 * What is disputed is left as it is: the bank decides who has it. Where that keeps something back, the history says so.
 * Locks: expects the booking locked.
 */
export async function giveBack(tx: Tx, giving: GivingBack): Promise<GivenBack> {
  const { booking, to, origin, reason, actor, requestId, isHandedOver = false } = giving;
  const refunds = [];
  let missing = giving.amount;
  const refundable = await listRefundable(tx, booking, to);
  for (const { payment, left } of refundable) {
    const amount = Math.min(missing, left);
    if (amount <= 0) continue;
    const destination = to === 'WALLET' ? 'WALLET' : destinationOf(payment);
    const request = { booking, payment, amount, destination, origin, reason, actor, requestId, runsAtOnce: true };
    refunds.push(await requestRefund(tx, { ...request, isHandedOver: isHandedOver && destination === 'MANUAL' }));
    missing -= amount;
  }
  await noteWithheld(tx, giving, { missing, withheld: sumOf(refundable, 'withheld') });
  return {
    refundIds: refunds.map(({ refundId }) => refundId),
    operationIds: refunds.flatMap(({ operationId }) => operationId ?? []),
    missing,
  };
}

export interface Refundable {
  readonly payment: Payment;
  /** What can be given back of it now. */
  readonly left: number;
  /** What can't, because its holder disputes the charge, or has won that. */
  readonly withheld: number;
}

/**
 * A booking's payments that count, in the order money is given back from them, and how much of each can be.
 *
 * While a charge is disputed, and after the dispute was lost, the gateway gives nothing of it back to the card. What of it
 * is not disputed can still go to the wallet.
 */
export async function listRefundable(
  tx: Tx,
  booking: Pick<LockedBooking, 'id'>,
  to: GivingBack['to'] = 'ORIGINAL',
): Promise<Refundable[]> {
  const payments = await tx.payment.findMany({
    where: { bookingId: booking.id, stage: { in: ['CAPTURED', 'PARTIALLY_REFUNDED'] } },
    include: {
      refunds: { where: { state: { in: ['PENDING', 'UNKNOWN'] } }, select: { amount: true } },
      disputes: { where: { status: { in: ['OPEN', 'LOST'] } }, select: { amount: true } },
    },
    orderBy: { id: 'desc' },
  });
  return payments
    .map(({ refunds, disputes, ...payment }) => {
      const rest = Number(payment.amount - payment.refundedAmount) - sumAmounts(refunds);
      const undisputed = Math.max(0, rest - sumAmounts(disputes));
      const left = disputes.length === 0 ? rest : to === 'WALLET' ? undisputed : 0;
      return { payment, left, withheld: rest - left };
    })
    .sort((a, b) => ORDER.indexOf(a.payment.provider) - ORDER.indexOf(b.payment.provider));
}

/** What is left, or withheld, of all of them. */
export function sumOf(refundable: readonly Refundable[], part: 'left' | 'withheld'): number {
  return refundable.reduce((sum, one) => sum + one[part], 0);
}

function sumAmounts(rows: readonly { readonly amount: bigint }[]): number {
  return rows.reduce((sum, { amount }) => sum + Number(amount), 0);
}

const WITHHELD = 'refund-withheld';

/** Tells those who read the history, of a booking that ends once. */
async function noteWithheld(
  tx: Tx,
  { booking, actor, requestId }: GivingBack,
  { missing, withheld }: { missing: number; withheld: number },
): Promise<void> {
  if (withheld <= 0) return;
  if (missing <= 0 && !hasEnded(booking.status)) return;
  const noted = { bookingId: booking.id, action: WITHHELD, toStatus: booking.status };
  if ((await tx.bookingEvent.findFirst({ where: noted, select: { id: true } })) !== null) return;
  const event = { booking, action: WITHHELD, actor, requestId, reason: 'disputed' };
  await recordEvent(tx, { ...event, changes: { withheldAmount: [0, withheld] }, announce: [] });
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
