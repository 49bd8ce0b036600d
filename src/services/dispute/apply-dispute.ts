import type { Dispute, Payment, Tx } from '../../db/client.ts';
import type { LockedBooking } from '../../db/locks.ts';
import type { Actor } from '../../domain/booking.ts';
import type { GatewayDispute } from '../../domain/ports/gateway.ts';
import { postTransfers } from '../ledger/post-transfers.ts';
import { recordEvent } from '../transition/record-event.ts';
import { resumeRefunds, withholdRefunds } from './withhold-refunds.ts';

export interface DisputeNews {
  readonly booking: LockedBooking;
  readonly payment: Payment;
  /** Read from the gateway just now. */
  readonly truth: GatewayDispute;
  readonly requestId: string | null;
}

/** What has become true by it, for the log. */
export interface AppliedDispute {
  readonly code: string;
  readonly status: Dispute['status'];
  readonly amount: number;
  readonly currency: string;
}

const BY_PAYMENT: Actor = { type: 'PAYMENT', id: null, name: null };

/**
 * Brings our record of a dispute to what the gateway says of it: a row, and what it moved in the ledger, once.
 *
 * What is disputed counts as gone from the gateway until it is won, an inquiry's amount too. A dispute that is first
 * heard of when it is decided was opened all the same; one that is decided stays so, whatever comes later. Answers what
 * has changed; null for nothing. Locks: expects the booking locked; then the property's ledger.
 */
export async function applyDispute(tx: Tx, news: DisputeNews): Promise<AppliedDispute | null> {
  const { booking, payment, truth, requestId } = news;
  const known = await tx.dispute.findUnique({ where: { gatewayDisputeId: truth.id } });
  if (known !== null && known.status !== 'OPEN') return null;
  const dispute = known ?? (await openDispute(tx, news));
  const by = { booking, payment, actor: BY_PAYMENT, requestId };
  if (truth.status !== 'OPEN') await closeDispute(tx, news, dispute, truth.status);
  if (truth.status === 'LOST') await withholdRefunds(tx, by, 'ALL');
  if (truth.status === 'OPEN') await withholdRefunds(tx, by, 'REFUSED');
  if (truth.status === 'WON') await resumeRefunds(tx, by);
  if (known?.status === truth.status) return null;
  return { code: booking.code, status: truth.status, amount: Number(dispute.amount), currency: dispute.currency };
}

async function openDispute(tx: Tx, news: DisputeNews): Promise<Dispute> {
  const { booking, payment, truth, requestId } = news;
  const { amount, currency, reason } = truth;
  const dispute = await tx.dispute.create({
    data: {
      ...{ propertyId: booking.propertyId, bookingId: booking.id, paymentId: payment.id },
      ...{ gatewayDisputeId: truth.id, amount, currency, reason, openedAt: booking.now },
    },
  });
  await post(tx, news, dispute, 'DISPUTE');
  const event = { booking, action: 'dispute-opened', actor: BY_PAYMENT, requestId, reason };
  await recordEvent(tx, { ...event, changes: { disputedAmount: [0, amount] }, announce: ['dispute_opened'] });
  return dispute;
}

async function closeDispute(tx: Tx, news: DisputeNews, dispute: Dispute, status: 'WON' | 'LOST'): Promise<void> {
  const { booking, requestId } = news;
  await tx.dispute.update({ where: { id: dispute.id }, data: { status, closedAt: booking.now } });
  if (status === 'WON') await post(tx, news, dispute, 'DISPUTE_WON');
  const event = { booking, action: 'dispute-closed', actor: BY_PAYMENT, requestId, reason: dispute.reason };
  await recordEvent(tx, { ...event, changes: { dispute: ['OPEN', status] }, announce: ['dispute_closed'] });
}

async function post(tx: Tx, news: DisputeNews, dispute: Dispute, kind: 'DISPUTE' | 'DISPUTE_WON'): Promise<void> {
  const { booking, payment, requestId } = news;
  const [disputes, gateway] = [{ kind: 'DISPUTES' }, { kind: 'GATEWAY' }] as const;
  const ends = kind === 'DISPUTE' ? { from: disputes, to: gateway } : { from: gateway, to: disputes };
  await postTransfers(tx, {
    ...{ propertyId: booking.propertyId, currency: dispute.currency, actor: BY_PAYMENT, requestId },
    transfers: [
      {
        ...{ ...ends, kind, amount: Number(dispute.amount), reason: dispute.reason },
        ...{ bookingId: booking.id, paymentId: payment.id, disputeId: dispute.id },
      },
    ],
  });
}
