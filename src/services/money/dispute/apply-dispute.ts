import type { Dispute, Payment, Tx } from '../../../db/client.ts';
import type { LockedBooking } from '../../../db/locks.ts';
import type { Actor } from '../../../domain/booking/booking.ts';
import type { GatewayDispute } from '../../../domain/ports/gateway.ts';
import { postTransfers } from '../ledger/post-transfers.ts';
import { recordEvent } from '../../core/transition/record-event.ts';
import { refundWithheld } from './refund-withheld.ts';
import { resumeRefunds, withholdRefunds } from './withhold-refunds.ts';

export interface DisputeUpdate {
  readonly booking: LockedBooking;
  readonly payment: Payment;
  /** The dispute as the gateway holds it now. */
  readonly truth: GatewayDispute;
  readonly requestId: string | null;
}

/** A dispute's new status, for the log. */
export interface AppliedDispute {
  readonly code: string;
  readonly status: Dispute['status'];
  readonly amount: number;
  readonly currency: string;
}

const BY_PAYMENT: Actor = { type: 'PAYMENT', id: null, name: null };

/**
 * Applies the gateway's state of a dispute: writes its row and posts its amount in the ledger.
 *
 * A disputed amount counts as lost until the dispute is won. A dispute that is first received when decided is opened and
 * closed. A decided dispute never changes again. An inquiry has moved no money, so it posts and blocks nothing.
 * A won dispute's money follows the policy of a booking that has ended.
 * Locks: expects the booking locked; then the property's ledger.
 * Idempotent: a known status is not applied again.
 * Returns: the change, or null for none.
 */
export async function applyDispute(tx: Tx, update: DisputeUpdate): Promise<AppliedDispute | null> {
  const { booking, payment, truth, requestId } = update;
  const known = await tx.dispute.findUnique({ where: { gatewayDisputeId: truth.id } });
  if (known !== null && known.status !== 'OPEN' && known.status !== 'INQUIRY') return null;
  const isInquiry = truth.status === 'INQUIRY' || truth.status === 'INQUIRY_CLOSED';
  // A dispute from before inquiries had a status of their own has posted its amount, and is closed as won.
  if (isInquiry && known?.status === 'OPEN') {
    return truth.status === 'INQUIRY' ? null : applyDispute(tx, { ...update, truth: { ...truth, status: 'WON' } });
  }
  const dispute = known ?? (await openDispute(tx, update, isInquiry));
  if (known?.status === 'INQUIRY' && !isInquiry) await escalate(tx, update, dispute);
  const disputed = { booking, payment, author: { actor: BY_PAYMENT, requestId } };
  if (truth.status !== 'OPEN' && truth.status !== 'INQUIRY') await closeDispute(tx, update, dispute, truth.status);
  if (truth.status === 'LOST') await withholdRefunds(tx, disputed, 'ALL');
  if (truth.status === 'OPEN') await withholdRefunds(tx, disputed, 'REFUSED');
  if (truth.status === 'WON') {
    await resumeRefunds(tx, disputed);
    await refundWithheld(tx, disputed);
  }
  if (known?.status === truth.status) return null;
  return { code: booking.code, status: truth.status, amount: Number(dispute.amount), currency: dispute.currency };
}

async function openDispute(tx: Tx, update: DisputeUpdate, isInquiry: boolean): Promise<Dispute> {
  const { booking, payment, truth, requestId } = update;
  const { amount, currency, reason } = truth;
  const dispute = await tx.dispute.create({
    data: {
      propertyId: booking.propertyId,
      bookingId: booking.id,
      paymentId: payment.id,
      gatewayDisputeId: truth.id,
      amount,
      currency,
      reason,
      status: isInquiry ? 'INQUIRY' : 'OPEN',
      openedAt: booking.now,
    },
  });
  if (isInquiry) {
    const event = { booking, action: 'dispute-inquiry', author: { actor: BY_PAYMENT, requestId }, reason };
    await recordEvent(tx, { ...event, changes: { inquiredAmount: [0, amount] }, announce: ['dispute_opened'] });
  } else await announceOpened(tx, update, dispute);
  return dispute;
}

async function announceOpened(tx: Tx, update: DisputeUpdate, dispute: Dispute): Promise<void> {
  const { booking, requestId } = update;
  await postDispute(tx, update, dispute, 'DISPUTE');
  const { reason } = dispute;
  const changes = { disputedAmount: [0, Number(dispute.amount)] } as const;
  const event = { booking, action: 'dispute-opened', author: { actor: BY_PAYMENT, requestId }, reason };
  await recordEvent(tx, { ...event, changes, announce: ['dispute_opened'] });
}

/** Turns an inquiry into a dispute: from now on its amount is withdrawn. */
async function escalate(tx: Tx, update: DisputeUpdate, dispute: Dispute): Promise<void> {
  await tx.dispute.update({ where: { id: dispute.id }, data: { status: 'OPEN', openedAt: update.booking.now } });
  await announceOpened(tx, update, dispute);
}

async function closeDispute(
  tx: Tx,
  update: DisputeUpdate,
  dispute: Dispute,
  status: 'WON' | 'LOST' | 'INQUIRY_CLOSED',
): Promise<void> {
  const { booking, requestId } = update;
  await tx.dispute.update({ where: { id: dispute.id }, data: { status, closedAt: booking.now } });
  if (status === 'WON') await postDispute(tx, update, dispute, 'DISPUTE_WON');
  const from = status === 'INQUIRY_CLOSED' ? 'INQUIRY' : 'OPEN';
  const event = { booking, action: 'dispute-closed', author: { actor: BY_PAYMENT, requestId }, reason: dispute.reason };
  await recordEvent(tx, { ...event, changes: { dispute: [from, status] }, announce: ['dispute_closed'] });
}

async function postDispute(
  tx: Tx,
  update: DisputeUpdate,
  dispute: Dispute,
  kind: 'DISPUTE' | 'DISPUTE_WON',
): Promise<void> {
  const { booking, payment, requestId } = update;
  const [disputes, gateway] = [{ kind: 'DISPUTES' }, { kind: 'GATEWAY' }] as const;
  const ends = kind === 'DISPUTE' ? { from: disputes, to: gateway } : { from: gateway, to: disputes };
  await postTransfers(tx, {
    propertyId: booking.propertyId,
    currency: dispute.currency,
    author: { actor: BY_PAYMENT, requestId },
    transfers: [
      {
        ...ends,
        kind,
        amount: Number(dispute.amount),
        reason: dispute.reason,
        bookingId: booking.id,
        paymentId: payment.id,
        disputeId: dispute.id,
      },
    ],
  });
}
