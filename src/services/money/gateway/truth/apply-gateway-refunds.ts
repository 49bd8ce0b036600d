import { randomUUIDv7 } from 'node:crypto';
import type { Payment, Refund, Tx } from '../../../../db/client.ts';
import type { LockedBooking } from '../../../../db/locks.ts';
import type { Actor } from '../../../../domain/booking/booking.ts';
import type { GatewayIntent, GatewayRefund } from '../../../../domain/ports/gateway.ts';
import { isOpenState, OPEN_STATES } from '../../../../domain/money/open-state.ts';
import { postTransfers } from '../../ledger/post-transfers.ts';
import { readRefundableAmount } from '../../ledger/recognize-earnings.ts';
import { reserveRefund } from '../../refund/request-refund.ts';
import { recordRefund } from '../../refund/record-refund.ts';
import { recordWaiver } from '../../refund/record-waiver.ts';
import { revertRefund } from '../../refund/revert-refund.ts';

interface Application {
  readonly booking: LockedBooking;
  readonly payment: Payment;
  readonly requestId: string | null;
}

const BY_PAYMENT: Actor = { type: 'PAYMENT', id: null, name: null };

/**
 * Applies the gateway's refunds of a payment: each refund at the gateway gets one row.
 *
 * Our refunds carry our id in their metadata. A refund made in the gateway's dashboard completes an open refund of the
 * equal amount, or else gets a new row. A refund that the bank returned is requested again as a new refund.
 * Locks: expects the booking locked.
 */
export async function applyGatewayRefunds(tx: Tx, application: Application, intent: GatewayIntent): Promise<void> {
  const { payment } = application;
  // Refunds from before the refunds table share one row without a gateway id.
  let unnamed = await sumUnnamed(tx, payment);
  // Oldest first, because the shared row stands for the oldest refunds.
  for (const theirs of intent.refunds.toReversed()) {
    const ours = await tx.refund.findMany({ where: { paymentId: payment.id }, orderBy: { id: 'asc' } });
    const known = ours.find(({ gatewayRefundId }) => gatewayRefundId === theirs.id);
    if (known === undefined && theirs.status !== 'FAILED' && theirs.amount <= unnamed) unnamed -= theirs.amount;
    else if (known === undefined) await applyNewRefund(tx, application, theirs, ours);
    else if (theirs.status === 'FAILED' && known.state === 'DONE') {
      await revertRefund(tx, { ...application, refund: known });
    }
  }
}

async function sumUnnamed(tx: Tx, payment: Payment): Promise<number> {
  const { _sum } = await tx.refund.aggregate({
    where: { paymentId: payment.id, destination: 'CARD', state: 'DONE', gatewayRefundId: null },
    _sum: { amount: true },
  });
  return Number(_sum.amount ?? 0);
}

async function applyNewRefund(
  tx: Tx,
  application: Application,
  theirs: GatewayRefund,
  ours: readonly Refund[],
): Promise<void> {
  const { booking, requestId } = application;
  const open = ours.filter(({ state, destination }) => isOpenState(state) && destination === 'CARD');
  const requested = open.find(({ id }) => id === theirs.refundId);
  const recordOurs = async (refund: Refund) => {
    const actor = { type: refund.actorType, id: refund.actorId, name: refund.actorName };
    await recordRefund(tx, { booking, refund, author: { actor, requestId }, gatewayRefundId: theirs.id });
  };
  if (theirs.status === 'FAILED') {
    // A failed dashboard refund moved no money. A failed refund of ours is recorded and reverted, because a repeat
    // under the old key would return the failed refund again.
    if (requested === undefined) return;
    await recordOurs(requested);
    await revertRefund(tx, { ...application, refund: requested });
    return;
  }
  const refund = requested ?? open.find(({ amount }) => theirs.refundId === null && Number(amount) === theirs.amount);
  if (refund !== undefined && Number(refund.amount) === theirs.amount) await recordOurs(refund);
  else await recordDashboardRefund(tx, application, theirs, open);
}

/** Records a refund made in the gateway's dashboard. The booking's money covers the refund; the rest is a loss. */
async function recordDashboardRefund(
  tx: Tx,
  { booking, payment, requestId }: Application,
  theirs: GatewayRefund,
  open: readonly Refund[],
): Promise<void> {
  const { id: bookingId, propertyId, currency } = booking;
  const author = { actor: BY_PAYMENT, requestId };
  await reduceOpenRefunds(tx, { booking, payment, requestId }, open, theirs.amount);
  const covered = Math.min(theirs.amount, await readUnrefunded(tx, { booking, payment }));
  const uncovered = theirs.amount - covered;
  const refund = await tx.refund.create({
    data: {
      id: randomUUIDv7(),
      propertyId,
      bookingId,
      currency,
      paymentId: payment.id,
      requestId,
      amount: theirs.amount,
      uncoveredAmount: uncovered,
      destination: 'CARD',
      origin: 'GATEWAY',
      actorType: BY_PAYMENT.type,
      reason: "made in the gateway's dashboard",
    },
  });
  await reserveRefund(tx, { booking, refund, amount: covered, author });
  await postTransfers(tx, {
    propertyId,
    currency,
    author,
    transfers: [
      {
        kind: 'LOSS',
        amount: uncovered,
        from: { kind: 'LOSSES' },
        to: { kind: 'GATEWAY' },
        bookingId,
        paymentId: payment.id,
        refundId: refund.id,
      },
    ],
  });
  await recordRefund(tx, { booking, refund, author, gatewayRefundId: theirs.id });
  await recordWaiver(tx, booking, { amount: covered, author, reason: refund.reason });
}

/** Reads a payment's amount that is neither refunded nor in an open refund, limited by the ledger's balance. */
async function readUnrefunded(tx: Tx, { booking, payment }: Pick<Application, 'booking' | 'payment'>): Promise<number> {
  const { amount, refundedAmount, refunds } = await tx.payment.findUniqueOrThrow({
    where: { id: payment.id },
    include: { refunds: { where: { state: { in: [...OPEN_STATES] } }, select: { amount: true } } },
  });
  const waiting = refunds.reduce((sum, refund) => sum + Number(refund.amount), 0);
  return Math.max(0, Math.min(await readRefundableAmount(tx, booking), Number(amount - refundedAmount) - waiting));
}

/** Reduces open refunds to the amount the gateway has left after a dashboard refund. */
async function reduceOpenRefunds(
  tx: Tx,
  { booking, payment, requestId }: Application,
  open: readonly Refund[],
  amount: number,
): Promise<void> {
  let missing = amount - (await readUnrefunded(tx, { booking, payment }));
  for (const refund of open) {
    const part = Math.min(missing, Number(refund.amount));
    if (part <= 0) return;
    missing -= part;
    const rest = Number(refund.amount) - part;
    const data = rest === 0 ? { state: 'CANCELLED' as const, settledAt: booking.now } : { amount: rest };
    await tx.refund.update({ where: { id: refund.id }, data });
    // A request with a changed amount needs a new idempotency key.
    await tx.gatewayOperation.updateMany({
      where: { refundId: refund.id, state: { in: [...OPEN_STATES] } },
      data: { keyNumber: { increment: 1 } },
    });
    await postTransfers(tx, {
      propertyId: booking.propertyId,
      currency: booking.currency,
      author: { actor: BY_PAYMENT, requestId },
      transfers: [
        {
          kind: 'REFUND_CANCELLED',
          from: { kind: 'REFUNDS' },
          to: { kind: 'BOOKING', bookingId: booking.id },
          amount: part,
          bookingId: booking.id,
          paymentId: refund.paymentId,
          refundId: refund.id,
        },
      ],
    });
    // The dashboard refund records the waiver in place of this refund.
    const author = { actor: BY_PAYMENT, requestId };
    if (refund.origin !== 'SYSTEM') await recordWaiver(tx, booking, { amount: -part, author, reason: refund.reason });
  }
}
