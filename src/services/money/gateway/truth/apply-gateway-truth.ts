import type { Payment, Tx } from '../../../../db/client.ts';
import { lockBookingRow } from '../../../../db/locks.ts';
import type { LockedBooking } from '../../../../db/locks.ts';
import type { Actor } from '../../../../domain/booking/booking.ts';
import type { GatewayIntent, GatewaySession } from '../../../../domain/ports/gateway.ts';
import type { PaymentStage } from '../../../../domain/money/payment-stage.ts';
import { isPastCutOff } from '../../../../domain/booking/cut-off.ts';
import { computeHoldDeadline } from '../../../../domain/booking/hold.ts';
import { isBalancePayable } from '../../../../domain/booking/balance.ts';
import { EXPIRABLE_STAGES, UNCAPTURED_STAGES } from '../../../../domain/money/payment-stage.ts';
import { releaseAllocation } from '../../../stock/allocation/release-allocation.ts';
import { hasAllocation, reclaimAllocation } from '../../../stock/allocation/reclaim-allocation.ts';
import { recordEvent } from '../../../core/transition/record-event.ts';
import { finalizePayment } from '../../payment/finalize/finalize-payment.ts';
import type { Finalization, FinalizedPayment } from '../../payment/finalize/finalize-payment.ts';
import { readAmountNeeded } from '../../payment/read-amount-needed.ts';
import { recordDecline } from './record-decline.ts';
import { recordUnpaid } from './record-unpaid.ts';
import { isSoundPrice } from '../../payment/finalize/is-sound-price.ts';
import { recordAuthorization } from './record-authorization.ts';
import { requestRefund } from '../../refund/request-refund.ts';
import { releaseWalletPart } from '../../wallet/hold-wallet-part.ts';
import { applyGatewayRefunds } from './apply-gateway-refunds.ts';
import { requestOperation } from '../../operation/request-operation.ts';

/** The gateway's current session and intent of a payment. */
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

/** A finalized payment and its mode. */
type LoggedPayment = FinalizedPayment & { readonly mode: Finalization['mode'] };

const BY_PAYMENT: Actor = { type: 'PAYMENT', id: null, name: null };
const CAPTURABLE: readonly PaymentStage[] = [...EXPIRABLE_STAGES, ...UNCAPTURED_STAGES];

/**
 * Applies the gateway's state of a payment to the payment and its booking, from any current stage.
 *
 * Webhooks, responses and look-ups all call this function, in any order and number. No status moves backwards.
 * Locks: expects the booking locked with its place (`lockBookingByIdWithAllocation`).
 * Idempotent: an applied state is not applied again.
 * Returns: the payment finalized by this call, for the log.
 */
export async function applyGatewayTruth(tx: Tx, application: Application): Promise<LoggedPayment | null> {
  const { payment, truth } = application;
  const { session, intent } = truth;
  if (session !== null) await recordSession(tx, application, session);
  // A declined card leaves an intent without payment, which ends with the checkout session.
  const isUnpaid = intent === null || intent.status === 'canceled' || intent.status === 'other';
  if (session?.status === 'expired' && isUnpaid && EXPIRABLE_STAGES.includes(payment.stage)) {
    await recordUnpaid(tx, application);
    return null;
  }
  if (intent === null) return null;
  if (intent.declinedChargeId !== null) await recordDecline(tx, application, intent.declinedChargeId);
  let finalized: LoggedPayment | null = null;
  if (intent.status === 'requires_capture' && EXPIRABLE_STAGES.includes(payment.stage)) {
    await recordAuthorization(tx, { ...application, intent });
  }
  if (intent.status === 'succeeded') {
    if (CAPTURABLE.includes(payment.stage)) finalized = await recordCapture(tx, application, intent);
    if (intent.refunds.length > 0) await applyRefunds(tx, application, intent);
  }
  if (intent.status === 'canceled' && CAPTURABLE.includes(payment.stage)) await recordCanceled(tx, application, intent);
  return finalized;
}

async function recordSession(
  tx: Tx,
  { booking, payment, requestId }: Application,
  session: GatewaySession,
): Promise<void> {
  if (payment.sessionId === null) {
    await tx.payment.update({ where: { id: payment.id }, data: { sessionId: session.id, sessionUrl: session.url } });
  }
  if (session.status !== 'open' || payment.stage !== 'NONE') return;
  const { balance } = await readAmountNeeded(tx, booking);
  const isOpen =
    payment.purpose === 'BALANCE'
      ? isBalancePayable(booking.status)
      : booking.status === 'PENDING_PAYMENT' || (booking.status === 'PENDING_APPROVAL' && booking.expiresAt !== null);
  const isWanted = isOpen && Number(payment.amount + payment.walletAmount) <= balance;
  await tx.payment.update({ where: { id: payment.id }, data: { stage: 'SESSION_CREATED' } });
  if (isWanted) await tx.booking.update({ where: { id: booking.id }, data: { paymentStage: 'SESSION_CREATED' } });
  // The booking ended while the gateway created the checkout session, so no payment may follow.
  else
    await requestOperation(tx, {
      booking,
      paymentId: payment.id,
      kind: 'EXPIRE_SESSION',
      author: { actor: BY_PAYMENT, requestId },
    });
}

async function recordCapture(tx: Tx, application: Application, intent: GatewayIntent): Promise<LoggedPayment> {
  const { booking, payment, requestId } = application;
  const captured = intent.amountCaptured;
  const counted = await tx.payment.update({
    where: { id: payment.id },
    data: { stage: 'CAPTURED', intentId: intent.id, amount: captured },
  });
  const { balance: due, minimum } = await readAmountNeeded(tx, booking);
  const walletPart = payment.isWalletHeld ? Math.max(0, Math.min(Number(payment.walletAmount), due - captured)) : 0;
  // A balance may be paid in parts; only the payment that confirms a booking has a minimum.
  const isEnough = captured + walletPart >= minimum && (await isSoundPrice(tx, booking));
  // A capture for a lost place, or of too small an amount from the dashboard, is posted and refunded.
  const canHoldPlace = isEnough && (await ensurePlace(tx, booking));
  const isWanted = canHoldPlace && booking.status !== 'CANCELLED' && booking.status !== 'DECLINED';
  if (!isEnough && booking.status === 'EXPIRED') await releaseAllocation(tx, { booking });
  const walletAmount = isWanted ? walletPart : 0;
  const mode = walletAmount > 0 ? ('WALLET_AND_GATEWAY' as const) : ('GATEWAY' as const);
  const author = { actor: await findCapturingActor(tx, payment), requestId };
  const reason = `pi_…${intent.id.slice(-4)}`;
  const finalized = await finalizePayment(tx, {
    booking,
    mode,
    walletAmount,
    amount: captured,
    payment: counted,
    author,
    reason,
    canRevive: canHoldPlace,
  });
  if (!isEnough) await recordMismatch(tx, application);
  // The balance limits a wanted capture, because the booking may have become cheaper since the authorization.
  const surplus = isWanted ? captured - Math.min(captured, due) : captured;
  const refundReason = isWanted ? 'more than was due' : isEnough ? 'nothing is left to sell for it' : 'amount_mismatch';
  await refundSurplus(tx, application, { amount: surplus - intent.amountRefunded, reason: refundReason });
  return { ...finalized, mode };
}

async function findCapturingActor(tx: Tx, payment: Payment): Promise<Actor> {
  const operation = await tx.gatewayOperation.findFirst({
    where: { paymentId: payment.id, kind: 'CAPTURE' },
    orderBy: { id: 'desc' },
  });
  return operation
    ? { type: operation.actorType, id: operation.actorId, name: operation.actorName }
    : { ...BY_PAYMENT, name: 'Stripe' };
}

async function refundSurplus(
  tx: Tx,
  application: Application,
  { amount, reason }: { amount: number; reason: string },
): Promise<void> {
  if (amount <= 0) return;
  const { booking, requestId } = application;
  const payment = await tx.payment.findUniqueOrThrow({ where: { id: application.payment.id } });
  await requestRefund(tx, {
    booking,
    payment,
    amount,
    destination: 'CARD',
    origin: 'SYSTEM',
    author: { actor: BY_PAYMENT, requestId },
    reason,
  });
}

/** Records a capture from the gateway's dashboard that is smaller than the deposit, which confirms no booking. */
async function recordMismatch(tx: Tx, { booking, requestId }: Application): Promise<void> {
  const mismatch = {
    booking,
    action: 'payment-mismatch',
    author: { actor: BY_PAYMENT, requestId },
    reason: 'amount_mismatch',
  };
  await recordEvent(tx, { ...mismatch, announce: ['payment_failed'] });
}

/** Checks if the booking has its place; an ended hold takes the place again if free. */
async function ensurePlace(tx: Tx, booking: LockedBooking): Promise<boolean> {
  if (booking.status !== 'EXPIRED') return true;
  return !isPastCutOff(booking) && (hasAllocation(booking) || reclaimAllocation(tx, booking));
}

async function applyRefunds(tx: Tx, application: Application, intent: GatewayIntent): Promise<void> {
  const payment = await tx.payment.findUniqueOrThrow({ where: { id: application.payment.id } });
  // A capture applied in this call has changed the booking, so the row is read again.
  const booking = (await lockBookingRow(tx, application.booking.id)) ?? application.booking;
  await applyGatewayRefunds(tx, { ...application, booking, payment }, intent);
}

/** Records a canceled intent: VOIDED on our request, LAPSED when the authorization expired without a decision. */
async function recordCanceled(
  tx: Tx,
  { booking, payment, requestId }: Application,
  intent: GatewayIntent,
): Promise<void> {
  const requestedVoid = await tx.gatewayOperation.findFirst({ where: { paymentId: payment.id, kind: 'VOID' } });
  const stage = requestedVoid === null ? 'LAPSED' : 'VOIDED';
  await tx.payment.update({ where: { id: payment.id }, data: { stage, intentId: intent.id } });
  const isCurrentPayment =
    UNCAPTURED_STAGES.includes(booking.paymentStage) && UNCAPTURED_STAGES.includes(payment.stage);
  if (booking.status === 'EXPIRED' && isCurrentPayment) await releaseAllocation(tx, { booking });
  await releaseWalletPart(tx, booking, payment);
  const isUnwanted = requestedVoid !== null && booking.status !== 'DECLINED' && booking.status !== 'CANCELLED';
  if (isCurrentPayment && !isUnwanted) {
    // FAILED lets a hold without a successful capture expire at its deadline.
    const next = booking.status === 'PENDING_PAYMENT' ? 'FAILED' : stage;
    const isLapsed = booking.status === 'PENDING_APPROVAL' && next === 'LAPSED';
    await tx.booking.update({
      where: { id: booking.id },
      data: {
        paymentStage: next,
        captureBefore: null,
        ...(isLapsed && { expiresAt: computeHoldDeadline(booking) }),
      },
    });
  }
  // A late payment whose place is gone: the session, which the booking showed, has ended with the authorization.
  const isLate = booking.paymentStage === 'SESSION_CREATED' || booking.paymentStage === 'FAILED';
  if (booking.status === 'EXPIRED' && isLate) {
    await tx.booking.update({ where: { id: booking.id }, data: { paymentStage: stage } });
  }
  const action = stage === 'VOIDED' ? 'payment-voided' : 'payment-lapsed';
  await recordEvent(tx, {
    booking,
    action,
    author: { actor: BY_PAYMENT, requestId },
    announce: stage === 'LAPSED' ? ['payment_failed'] : [],
  });
}
