import type { Payment, Tx } from '../../db/client.ts';
import { lockBookingRow } from '../../db/locks.ts';
import type { LockedBooking } from '../../db/locks.ts';
import type { Actor } from '../../domain/booking.ts';
import type { GatewayIntent, GatewaySession } from '../../domain/ports/gateway.ts';
import type { PaymentStage } from '../../domain/payment-stage.ts';
import { payAgainUntil } from '../hold/pay-again-until.ts';
import { releasePlace } from '../inventory/release-place.ts';
import { hasPlace, takePlaceAgain } from '../inventory/take-place-again.ts';
import { recordEvent } from '../transition/record-event.ts';
import { finalizePayment } from '../payment/finalize/finalize-payment.ts';
import type { Finalization, FinalizedPayment } from '../payment/finalize/finalize-payment.ts';
import { endUnpaid } from '../payment/end-unpaid.ts';
import { isSoundPrice } from '../payment/finalize/is-sound-price.ts';
import { recordAuthorization } from '../payment/record-authorization.ts';
import { requestRefund } from '../refund/request-refund.ts';
import { freeWalletPart } from '../wallet/hold-wallet-part.ts';
import { applyGatewayRefunds } from './apply-gateway-refunds.ts';
import { requestOperation } from './operation/request-operation.ts';

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

/** A payment that counts from now on, and by which way it came. */
type LoggedPayment = FinalizedPayment & { readonly mode: Finalization['mode'] };

const BY_PAYMENT: Actor = { type: 'PAYMENT', id: null, name: null };
const NOT_YET_PAID: readonly PaymentStage[] = ['NONE', 'SESSION_CREATED', 'FAILED'];
const UNDECIDED: readonly PaymentStage[] = ['AUTHORIZED', 'CAPTURING'];
const CAPTURABLE: readonly PaymentStage[] = [...NOT_YET_PAID, ...UNDECIDED];

/**
 * Brings a payment and its booking to what the gateway says is so, from wherever they are.
 *
 * Webhooks, answers and look-ups all end here, so neither their order nor their number matters: what has been applied
 * is not applied again, and no status goes back. Answers the payment that thereby counts, for the log.
 * Locks: expects the booking locked with its place (`lockPlaceOf`).
 */
export async function applyGatewayTruth(tx: Tx, application: Application): Promise<LoggedPayment | null> {
  const { payment, truth } = application;
  const { session, intent } = truth;
  if (session !== null) await noteSession(tx, application, session);
  // A card that was declined leaves an intent behind, which ends with the page.
  const isUnpaid = intent === null || intent.status === 'canceled' || intent.status === 'other';
  if (session?.status === 'expired' && isUnpaid && NOT_YET_PAID.includes(payment.stage)) {
    await endUnpaid(tx, application);
    return null;
  }
  if (intent === null) return null;
  let finalized: LoggedPayment | null = null;
  if (intent.status === 'requires_capture' && NOT_YET_PAID.includes(payment.stage)) {
    await recordAuthorization(tx, { ...application, intent });
  }
  if (intent.status === 'succeeded') {
    if (CAPTURABLE.includes(payment.stage)) finalized = await settleCapture(tx, application, intent);
    if (intent.refunds.length > 0) await settleRefunds(tx, application, intent);
  }
  if (intent.status === 'canceled' && CAPTURABLE.includes(payment.stage)) await settleCanceled(tx, application, intent);
  return finalized;
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
      : booking.status === 'PENDING_PAYMENT' || (booking.status === 'PENDING_APPROVAL' && booking.expiresAt !== null);
  const isWanted = isOpen && Number(payment.amount + payment.walletAmount) <= balance;
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

async function settleCapture(tx: Tx, application: Application, intent: GatewayIntent): Promise<LoggedPayment> {
  const { booking, payment, requestId } = application;
  const captured = intent.amountCaptured;
  const counted = await tx.payment.update({
    where: { id: payment.id },
    data: { stage: 'CAPTURED', intentId: intent.id, amount: captured },
  });
  const due = booking.totalPayable - booking.paidAmount - booking.waivedAmount;
  const walletPart = payment.isWalletHeld ? Math.max(0, Math.min(Number(payment.walletAmount), due - captured)) : 0;
  const isEnough =
    booking.paidAmount + captured + walletPart >= booking.depositDue && (await isSoundPrice(tx, booking));
  // Captured for a place that is gone, or too little by somebody else: the money counts, and goes back.
  const holds = isEnough && (await holdsPlace(tx, booking));
  const isWanted = holds && booking.status !== 'CANCELLED' && booking.status !== 'DECLINED';
  if (!isEnough && booking.status === 'EXPIRED') await releasePlace(tx, { booking });
  const walletAmount = isWanted ? walletPart : 0;
  const mode = walletAmount > 0 ? ('WALLET_AND_GATEWAY' as const) : ('GATEWAY' as const);
  const actor = await whoCaptured(tx, payment);
  const reason = `pi_…${intent.id.slice(-4)}`;
  const finalized = await finalizePayment(tx, {
    ...{ booking, mode, walletAmount, amount: captured, payment: counted, actor, requestId, reason, revives: holds },
  });
  if (!isEnough) await noteMismatch(tx, application);
  // Of what is wanted, no more than was due: a booking may have become cheaper since its money was authorized.
  const surplus = isWanted ? captured - Math.min(captured, Math.max(0, due)) : captured;
  const why = isWanted ? 'more than was due' : isEnough ? 'nothing is left to sell for it' : 'amount_mismatch';
  await sendBack(tx, application, { amount: surplus - intent.amountRefunded, reason: why });
  return { ...finalized, mode };
}

async function whoCaptured(tx: Tx, payment: Payment): Promise<Actor> {
  const operation = await tx.gatewayOperation.findFirst({
    where: { paymentId: payment.id, kind: 'CAPTURE' },
    orderBy: { id: 'desc' },
  });
  return operation
    ? { type: operation.actorType, id: operation.actorId, name: operation.actorName }
    : { ...BY_PAYMENT, name: 'Stripe' };
}

async function sendBack(
  tx: Tx,
  application: Application,
  { amount, reason }: { amount: number; reason: string },
): Promise<void> {
  if (amount <= 0) return;
  const { booking, requestId } = application;
  const payment = await tx.payment.findUniqueOrThrow({ where: { id: application.payment.id } });
  await requestRefund(tx, {
    ...{ booking, payment, amount, destination: 'CARD', origin: 'SYSTEM', actor: BY_PAYMENT, requestId },
    reason,
  });
}

/** Less was captured than makes the booking stand, in the gateway's own dashboard: nothing is sold for it. */
async function noteMismatch(tx: Tx, { booking, requestId }: Application): Promise<void> {
  const mismatch = { booking, action: 'payment-mismatch', actor: BY_PAYMENT, requestId, reason: 'amount_mismatch' };
  await recordEvent(tx, { ...mismatch, announce: ['payment_failed'] });
}

/** Whether an ended hold still has its place, or can take it again; a booking that has not ended has it. */
async function holdsPlace(tx: Tx, booking: LockedBooking): Promise<boolean> {
  return booking.status !== 'EXPIRED' || hasPlace(booking) || takePlaceAgain(tx, booking);
}

async function settleRefunds(tx: Tx, application: Application, intent: GatewayIntent): Promise<void> {
  const payment = await tx.payment.findUniqueOrThrow({ where: { id: application.payment.id } });
  // Learned together with the capture: then the booking is no longer what it was before that.
  const booking = (await lockBookingRow(tx, application.booking.id)) ?? application.booking;
  await applyGatewayRefunds(tx, { ...application, booking, payment }, intent);
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
  if (booking.status === 'EXPIRED' && isItsPayment) await releasePlace(tx, { booking });
  await freeWalletPart(tx, booking, payment);
  const isUnwanted = asked !== null && booking.status !== 'DECLINED' && booking.status !== 'CANCELLED';
  if (isItsPayment && !isUnwanted) {
    // A hold whose capture came to nothing may end again: the deadline resumes.
    const next = booking.status === 'PENDING_PAYMENT' ? 'FAILED' : stage;
    const isLapsed = booking.status === 'PENDING_APPROVAL' && next === 'LAPSED';
    await tx.booking.update({
      where: { id: booking.id },
      data: { paymentStage: next, captureBefore: null, ...(isLapsed && { expiresAt: payAgainUntil(booking) }) },
    });
  }
  const action = stage === 'VOIDED' ? 'payment-voided' : 'payment-lapsed';
  await recordEvent(tx, {
    booking,
    action,
    actor: BY_PAYMENT,
    requestId,
    announce: stage === 'LAPSED' ? ['payment_failed'] : [],
  });
}
