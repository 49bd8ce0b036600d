import { randomUUIDv7 } from 'node:crypto';
import type { Payment, Refund, Tx } from '../../db/client.ts';
import type { LockedBooking } from '../../db/locks.ts';
import type { Actor } from '../../domain/booking.ts';
import type { GatewayIntent, GatewayRefund } from '../../domain/ports/gateway.ts';
import { postTransfers } from '../ledger/post-transfers.ts';
import { readCover } from '../ledger/settle-earnings.ts';
import { setAside } from '../refund/request-refund.ts';
import { settleRefund } from '../refund/settle-refund.ts';
import { noteForgiven } from '../refund/waive-refunded.ts';
import { takeBackRefund } from '../refund/take-back-refund.ts';

interface Application {
  readonly booking: LockedBooking;
  readonly payment: Payment;
  readonly requestId: string | null;
}

const BY_PAYMENT: Actor = { type: 'PAYMENT', id: null, name: null };
const OPEN: readonly Refund['state'][] = ['PENDING', 'UNKNOWN'];

/**
 * Brings our refunds of a payment to those the gateway has: each of its refunds is one row of ours.
 *
 * Ours are known by the id we gave them. One that was made in the gateway's dashboard settles a refund of the same amount
 * that still waits, or else gets a row of its own. One of ours that came back is asked for again, as another refund.
 * Locks: expects the booking locked.
 */
export async function applyGatewayRefunds(tx: Tx, application: Application, intent: GatewayIntent): Promise<void> {
  const { payment } = application;
  // What was given back before there were rows for it is one row without a name, for all of it.
  let unnamed = await sumUnnamed(tx, payment);
  // Oldest first, so that those are the ones it stands for.
  for (const theirs of intent.refunds.toReversed()) {
    const ours = await tx.refund.findMany({ where: { paymentId: payment.id }, orderBy: { id: 'asc' } });
    const known = ours.find(({ gatewayRefundId }) => gatewayRefundId === theirs.id);
    if (known === undefined && theirs.status !== 'FAILED' && theirs.amount <= unnamed) unnamed -= theirs.amount;
    else if (known === undefined) await applyUnknown(tx, application, theirs, ours);
    else if (theirs.status === 'FAILED' && known.state === 'DONE') {
      await takeBackRefund(tx, { ...application, refund: known });
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

async function applyUnknown(
  tx: Tx,
  application: Application,
  theirs: GatewayRefund,
  ours: readonly Refund[],
): Promise<void> {
  const { booking, requestId } = application;
  const open = ours.filter(({ state, destination }) => OPEN.includes(state) && destination === 'CARD');
  const asked = open.find(({ id }) => id === theirs.refundId);
  const settle = async (refund: Refund) => {
    const actor = { type: refund.actorType, id: refund.actorId, name: refund.actorName };
    await settleRefund(tx, { booking, refund, actor, requestId, gatewayRefundId: theirs.id });
  };
  if (theirs.status === 'FAILED') {
    // Nothing of the dashboard's has left. Ours left and came back before we knew: asked for again under its key, the
    // gateway would show this one again.
    if (asked === undefined) return;
    await settle(asked);
    await takeBackRefund(tx, { ...application, refund: asked });
    return;
  }
  const refund = asked ?? open.find(({ amount }) => theirs.refundId === null && Number(amount) === theirs.amount);
  if (refund !== undefined && Number(refund.amount) === theirs.amount) await settle(refund);
  else await recordStranger(tx, application, theirs, open);
}

/** A refund nobody asked us for. What is left of the booking's money pays for it; the rest is the property's loss. */
async function recordStranger(
  tx: Tx,
  { booking, payment, requestId }: Application,
  theirs: GatewayRefund,
  open: readonly Refund[],
): Promise<void> {
  const { id: bookingId, propertyId, currency } = booking;
  const by = { actor: BY_PAYMENT, requestId };
  await shrinkOpen(tx, { booking, payment, requestId }, open, theirs.amount);
  const covered = Math.min(theirs.amount, await readLeft(tx, { booking, payment }));
  const uncovered = theirs.amount - covered;
  const refund = await tx.refund.create({
    data: {
      ...{ id: randomUUIDv7(), propertyId, bookingId, currency, paymentId: payment.id, requestId },
      ...{ amount: theirs.amount, uncoveredAmount: uncovered, destination: 'CARD', origin: 'GATEWAY' },
      ...{ actorType: BY_PAYMENT.type, reason: "made in the gateway's dashboard" },
    },
  });
  await setAside(tx, { booking, refund, amount: covered, ...by });
  await postTransfers(tx, {
    ...{ propertyId, currency, ...by },
    transfers: [
      {
        ...{ kind: 'LOSS', amount: uncovered, from: { kind: 'LOSSES' }, to: { kind: 'GATEWAY' } },
        ...{ bookingId, paymentId: payment.id, refundId: refund.id },
      },
    ],
  });
  await settleRefund(tx, { booking, refund, ...by, gatewayRefundId: theirs.id });
  await noteForgiven(tx, booking, covered);
}

/** What of a payment neither went back nor is on its way, as far as the booking's books have it. */
async function readLeft(tx: Tx, { booking, payment }: Pick<Application, 'booking' | 'payment'>): Promise<number> {
  const { amount, refundedAmount, refunds } = await tx.payment.findUniqueOrThrow({
    where: { id: payment.id },
    include: { refunds: { where: { state: { in: [...OPEN] } }, select: { amount: true } } },
  });
  const waiting = refunds.reduce((sum, refund) => sum + Number(refund.amount), 0);
  return Math.max(0, Math.min(await readCover(tx, booking), Number(amount - refundedAmount) - waiting));
}

/** Refunds that still wait ask for no more than the gateway has left after this one. */
async function shrinkOpen(
  tx: Tx,
  { booking, payment, requestId }: Application,
  open: readonly Refund[],
  amount: number,
): Promise<void> {
  let missing = amount - (await readLeft(tx, { booking, payment }));
  for (const refund of open) {
    const part = Math.min(missing, Number(refund.amount));
    if (part <= 0) return;
    missing -= part;
    const rest = Number(refund.amount) - part;
    const data = rest === 0 ? { state: 'CANCELLED' as const, settledAt: booking.now } : { amount: rest };
    await tx.refund.update({ where: { id: refund.id }, data });
    // Another amount is another request to the gateway, under another key.
    await tx.gatewayOperation.updateMany({
      where: { refundId: refund.id, state: { in: ['PENDING', 'UNKNOWN'] } },
      data: { keyNumber: { increment: 1 } },
    });
    await postTransfers(tx, {
      ...{ propertyId: booking.propertyId, currency: booking.currency, actor: BY_PAYMENT, requestId },
      transfers: [
        {
          kind: 'REFUND_CANCELLED',
          ...{ from: { kind: 'REFUNDS' }, to: { kind: 'BOOKING', bookingId: booking.id }, amount: part },
          ...{ bookingId: booking.id, paymentId: refund.paymentId, refundId: refund.id },
        },
      ],
    });
    // What it was to forgive is forgiven by the one that takes its place.
    if (refund.origin !== 'SYSTEM') await noteForgiven(tx, booking, -part);
  }
}
