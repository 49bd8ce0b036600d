import type { Payment, Tx } from '../../db/client.ts';
import type { LockedBooking } from '../../db/locks.ts';
import type { Actor } from '../../domain/booking.ts';
import type { GatewayIntent, GatewaySession } from '../../domain/ports/gateway.ts';
import type { PaymentStage } from '../../domain/payment-stage.ts';
import { releasePlace } from '../inventory/release-place.ts';
import { hasPlace, takePlaceAgain } from '../inventory/take-place-again.ts';
import { recordEvent } from '../transition/record-event.ts';
import { finalizePayment } from '../payment/finalize-payment.ts';
import { findCurrentPayment } from '../payment/find-current-payment.ts';
import { recordAuthorization } from '../payment/record-authorization.ts';
import { requestOperation } from './request-operation.ts';

/** What the gateway says, read just now. */
export interface GatewayTruth {
  readonly session: GatewaySession | null;
  readonly intent: GatewayIntent | null;
}

interface Application {
  readonly booking: LockedBooking;
  readonly payment: Payment;
  readonly truth: GatewayTruth;
  readonly requestId: string | null;
}

const BY_PAYMENT: Actor = { type: 'PAYMENT', id: null, name: null };
const NOT_YET_PAID: readonly PaymentStage[] = ['NONE', 'SESSION_CREATED', 'FAILED'];
const UNDECIDED: readonly PaymentStage[] = ['AUTHORIZED', 'CAPTURING'];
const CAPTURABLE: readonly PaymentStage[] = [...NOT_YET_PAID, ...UNDECIDED];

/**
 * Brings a payment and its booking to what the gateway says is so, from wherever they are.
 *
 * Webhooks, answers and look-ups all end here, so neither their order nor their number matters: what has been applied
 * is not applied again, and no status goes back.
 * Locks: expects the booking locked with its place (`lockPlaceOf`).
 */
export async function applyGatewayTruth(tx: Tx, application: Application): Promise<void> {
  const { payment, truth } = application;
  const { session, intent } = truth;
  if (session !== null) await noteSession(tx, application, session);
  if (intent === null) {
    if (session?.status === 'expired' && NOT_YET_PAID.includes(payment.stage)) await endUnpaid(tx, application);
    return;
  }
  if (intent.status === 'requires_capture' && NOT_YET_PAID.includes(payment.stage)) {
    await recordAuthorization(tx, { ...application, intent });
  }
  if (intent.status === 'succeeded') {
    if (CAPTURABLE.includes(payment.stage)) await settleCapture(tx, application, intent);
    if (intent.amountRefunded > Number(payment.refundedAmount)) await settleRefund(tx, application, intent);
  }
  if (intent.status === 'canceled' && CAPTURABLE.includes(payment.stage)) await settleCanceled(tx, application, intent);
}

async function noteSession(
  tx: Tx,
  { booking, payment, requestId }: Application,
  session: GatewaySession,
): Promise<void> {
  if (payment.sessionId === null) {
    await tx.payment.update({ where: { id: payment.id }, data: { sessionId: session.id, sessionUrl: session.url } });
  }
  if (session.status !== 'open' || payment.stage !== 'NONE') return;
  const balance = booking.totalPayable - booking.paidAmount - booking.waivedAmount;
  const isOpen =
    payment.purpose === 'BALANCE'
      ? booking.status === 'CONFIRMED' || booking.status === 'IN_HOUSE'
      : booking.status === 'PENDING_PAYMENT';
  const isWanted = isOpen && Number(payment.amount) <= balance;
  await tx.payment.update({ where: { id: payment.id }, data: { stage: 'SESSION_CREATED' } });
  if (isWanted) await tx.booking.update({ where: { id: booking.id }, data: { paymentStage: 'SESSION_CREATED' } });
  // The booking ended while the page was being made: nobody is to pay on it.
  else
    await requestOperation(tx, {
      booking,
      paymentId: payment.id,
      kind: 'EXPIRE_SESSION',
      actor: BY_PAYMENT,
      requestId,
    });
}

/** The page is closed and nobody paid: a new one may be made as long as the hold lasts. */
async function endUnpaid(tx: Tx, { booking, payment }: Application): Promise<void> {
  await tx.payment.update({ where: { id: payment.id }, data: { stage: 'FAILED' } });
  if (booking.paymentStage !== 'SESSION_CREATED') return;
  // A page that was replaced by another says nothing about the booking.
  if ((await findCurrentPayment(tx, booking, ['SESSION_CREATED'])) !== null) return;
  await tx.booking.update({ where: { id: booking.id }, data: { paymentStage: 'FAILED' } });
}

async function settleCapture(tx: Tx, application: Application, intent: GatewayIntent): Promise<void> {
  const { booking, payment, requestId } = application;
  const operation = await tx.gatewayOperation.findFirst({
    where: { paymentId: payment.id, kind: 'CAPTURE' },
    orderBy: { id: 'desc' },
  });
  const actor: Actor = operation
    ? { type: operation.actorType, id: operation.actorId, name: operation.actorName }
    : { ...BY_PAYMENT, name: 'Stripe' };
  await tx.payment.update({
    where: { id: payment.id },
    data: { stage: 'CAPTURED', intentId: intent.id, amount: intent.amountCaptured },
  });
  const reason = `pi_…${intent.id.slice(-4)}`;
  const captured = intent.amountCaptured;
  const isEnough = booking.paidAmount + captured >= booking.depositDue;
  // Captured for a place that is gone, or too little by somebody else: the money counts, and goes back.
  const holds = isEnough && (await holdsPlace(tx, booking));
  const counted = { mode: 'GATEWAY' as const, amount: captured, actor, requestId, reason };
  await finalizePayment(tx, { ...counted, booking, revives: holds });
  const isWanted = holds && booking.status !== 'CANCELLED' && booking.status !== 'DECLINED';
  if (isWanted) return;
  if (!isEnough) await noteMismatch(tx, application);
  const params = { amount: captured - intent.amountRefunded, refundedBefore: intent.amountRefunded };
  const refund = { booking, paymentId: payment.id, kind: 'REFUND' as const, params, requestId };
  await requestOperation(tx, { ...refund, actor: BY_PAYMENT });
}

/** Less was captured than makes the booking stand, in the gateway's own dashboard: nothing is sold for it. */
async function noteMismatch(tx: Tx, { booking, requestId }: Application): Promise<void> {
  if (booking.status === 'EXPIRED') await releasePlace(tx, { booking });
  const mismatch = { booking, action: 'payment-mismatch', actor: BY_PAYMENT, requestId, reason: 'amount_mismatch' };
  await recordEvent(tx, { ...mismatch, announce: ['payment_failed'] });
}

/** Whether an ended hold still has its place, or can take it again; a booking that has not ended has it. */
async function holdsPlace(tx: Tx, booking: LockedBooking): Promise<boolean> {
  return booking.status !== 'EXPIRED' || hasPlace(booking) || takePlaceAgain(tx, booking);
}

async function settleRefund(
  tx: Tx,
  { booking, payment, requestId }: Application,
  intent: GatewayIntent,
): Promise<void> {
  const stage = intent.amountRefunded >= intent.amountCaptured ? 'REFUNDED' : 'PARTIALLY_REFUNDED';
  const before = Number(payment.refundedAmount);
  await tx.payment.update({ where: { id: payment.id }, data: { stage, refundedAmount: intent.amountRefunded } });
  const { paidAmount } = await tx.booking.findUniqueOrThrow({
    where: { id: booking.id },
    select: { paidAmount: true },
  });
  const left = Number(paidAmount) - (intent.amountRefunded - before);
  // What does not stand yet and got its money back may end, or be paid for again.
  const next = booking.status === 'PENDING_PAYMENT' || booking.status === 'PENDING_APPROVAL' ? 'FAILED' : stage;
  await tx.booking.update({ where: { id: booking.id }, data: { paymentStage: next, paidAmount: left } });
  await recordEvent(tx, {
    ...{ booking, action: 'refund', actor: BY_PAYMENT, requestId, reason: `pi_…${intent.id.slice(-4)}` },
    changes: { paidAmount: [Number(paidAmount), left] },
    announce: ['refund_issued'],
  });
}

/** Given back because we asked for it, or lapsed because nobody decided in time. */
async function settleCanceled(
  tx: Tx,
  { booking, payment, requestId }: Application,
  intent: GatewayIntent,
): Promise<void> {
  const asked = await tx.gatewayOperation.findFirst({ where: { paymentId: payment.id, kind: 'VOID' } });
  const stage = asked === null ? 'LAPSED' : 'VOIDED';
  await tx.payment.update({ where: { id: payment.id }, data: { stage, intentId: intent.id } });
  const isItsPayment = UNDECIDED.includes(booking.paymentStage) && UNDECIDED.includes(payment.stage);
  const isUnwanted = asked !== null && booking.status !== 'DECLINED' && booking.status !== 'CANCELLED';
  if (isItsPayment && !isUnwanted) {
    // A hold whose capture came to nothing may end again: the deadline resumes.
    const next = booking.status === 'PENDING_PAYMENT' ? 'FAILED' : stage;
    await tx.booking.update({ where: { id: booking.id }, data: { paymentStage: next } });
  }
  if (booking.status === 'EXPIRED' && isItsPayment) await releasePlace(tx, { booking });
  const action = stage === 'VOIDED' ? 'payment-voided' : 'payment-lapsed';
  await recordEvent(tx, {
    booking,
    action,
    actor: BY_PAYMENT,
    requestId,
    announce: stage === 'LAPSED' ? ['payment_failed'] : [],
  });
}
