import type { Payment, Refund, Tx } from '../../../db/client.ts';
import type { LockedBooking } from '../../../db/locks.ts';
import type { Author } from '../../../domain/booking/booking.ts';
import { assertMayRefundToWallet } from '../../../domain/access/wallet-right.ts';
import { hasEnded } from '../../../domain/booking-status.ts';
import { OPEN_STATES } from '../../../domain/money/open-state.ts';
import { recordEvent } from '../../core/transition/record-event.ts';
import { requestRefund } from './request-refund.ts';

export interface RefundInput {
  readonly booking: LockedBooking;
  /** Total, in minor units. */
  readonly amount: number;
  /** ORIGINAL refunds each payment by its own method; WALLET credits everything to the customer's wallet. */
  readonly to: 'ORIGINAL' | 'WALLET';
  readonly origin: Refund['origin'];
  readonly reason: string | null;
  readonly author: Author;
  readonly isHandedOver?: boolean;
}

/** Cards come first, because the gateway needs no staff; manual payments come last. */
const ORDER: readonly string[] = ['STRIPE', 'WALLET', 'MANUAL'];

export interface RequestedRefunds {
  readonly refundIds: readonly string[];
  /** Gateway operations to run. */
  readonly operationIds: readonly string[];
  /** Part of the amount that no payment covers, in minor units. */
  readonly missing: number;
}

/**
 * Refunds an amount from a booking's payments: cards first, the latest payment first.
 *
 * Disputed charges are not refunded, because the bank decides. The booking's history records the withheld amount.
 * Locks: expects the booking locked.
 * Throws: forbidden, when the author may not move the payment's money into the wallet.
 */
export async function refundFromPayments(tx: Tx, input: RefundInput): Promise<RequestedRefunds> {
  const { booking, to, origin, reason, author, isHandedOver = false } = input;
  const refunds = [];
  let missing = input.amount;
  const refundable = await listRefundable(tx, booking, to);
  for (const { payment, left } of refundable) {
    const amount = Math.min(missing, left);
    if (amount <= 0) continue;
    const destination = to === 'WALLET' ? 'WALLET' : destinationFor(payment);
    if (destination === 'WALLET') assertMayRefundToWallet(author, payment);
    const request = { booking, payment, amount, destination, origin, reason, author, runsAtOnce: true };
    refunds.push(await requestRefund(tx, { ...request, isHandedOver: isHandedOver && destination === 'MANUAL' }));
    missing -= amount;
  }
  await recordWithheld(tx, input, { missing, withheld: sumRefundable(refundable, 'withheld') });
  return {
    refundIds: refunds.map(({ refundId }) => refundId),
    operationIds: refunds.flatMap(({ operationId }) => operationId ?? []),
    missing,
  };
}

export interface RefundablePayment {
  readonly payment: Payment;
  /** Refundable amount, in minor units. */
  readonly left: number;
  /** Amount of open or lost disputes, not refundable, in minor units. */
  readonly withheld: number;
}

/**
 * Lists a booking's captured payments in refund order, with the refundable amount of each.
 *
 * The gateway refunds no card whose charge is disputed or charged back. The undisputed part can go to the wallet.
 */
export async function listRefundable(
  tx: Tx,
  booking: Pick<LockedBooking, 'id'>,
  to: RefundInput['to'] = 'ORIGINAL',
): Promise<RefundablePayment[]> {
  const payments = await tx.payment.findMany({
    where: { bookingId: booking.id, stage: { in: ['CAPTURED', 'PARTIALLY_REFUNDED'] } },
    include: {
      refunds: { where: { state: { in: [...OPEN_STATES] } }, select: { amount: true } },
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

/** Adds up one amount of all payments. */
export function sumRefundable(refundable: readonly RefundablePayment[], part: 'left' | 'withheld'): number {
  return refundable.reduce((sum, one) => sum + one[part], 0);
}

function sumAmounts(rows: readonly { readonly amount: bigint }[]): number {
  return rows.reduce((sum, { amount }) => sum + Number(amount), 0);
}

const WITHHELD = 'refund-withheld';

/** Records the withheld amount in the booking's history, at most once per status. */
async function recordWithheld(
  tx: Tx,
  { booking, author }: RefundInput,
  { missing, withheld }: { missing: number; withheld: number },
): Promise<void> {
  if (withheld <= 0) return;
  if (missing <= 0 && !hasEnded(booking.status)) return;
  const recorded = { bookingId: booking.id, action: WITHHELD, toStatus: booking.status };
  if ((await tx.bookingEvent.findFirst({ where: recorded, select: { id: true } })) !== null) return;
  const event = { booking, action: WITHHELD, author, reason: 'disputed' };
  await recordEvent(tx, { ...event, changes: { withheldAmount: [0, withheld] }, announce: [] });
}

function destinationFor({ provider }: Payment): Refund['destination'] {
  if (provider === 'STRIPE') return 'CARD';
  return provider === 'WALLET' ? 'WALLET' : 'MANUAL';
}
