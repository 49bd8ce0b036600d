import type { Payment, Tx } from '../../../../db/client.ts';
import type { LockedBooking } from '../../../../db/locks.ts';
import type { GatewayIntent } from '../../../../domain/ports/gateway.ts';
import type { Actor } from '../../../../domain/booking/booking.ts';
import type { PaymentStage } from '../../../../domain/money/payment-stage.ts';
import { isBalancePayable } from '../../../../domain/booking/balance.ts';
import { isPastCutOff } from '../../../../domain/booking/cut-off.ts';
import { UNCAPTURED_STAGES } from '../../../../domain/money/payment-stage.ts';
import { reclaimAllocation } from '../../../stock/allocation/reclaim-allocation.ts';
import { changeBookingStatus } from '../../../core/transition/change-booking-status.ts';
import { recordEvent } from '../../../core/transition/record-event.ts';
import { findCurrentPayment } from '../../payment/find-current-payment.ts';
import { readAmountNeeded } from '../../payment/read-amount-needed.ts';
import { requestOperation } from '../../operation/request-operation.ts';

const BY_PAYMENT: Actor = { type: 'PAYMENT', id: null, name: null };

/**
 * Records an authorization and requests its capture or void.
 *
 * Under automatic approval the capture is requested at once; other bookings wait for staff. A payment after the end of
 * the hold revives the booking if its place is still free. An authorization without a place to sell is voided.
 * Locks: expects the booking locked with its place (`lockBookingByIdWithAllocation`).
 */
export async function recordAuthorization(
  tx: Tx,
  input: { booking: LockedBooking; payment: Payment; intent: GatewayIntent; requestId: string | null },
): Promise<void> {
  const { booking, payment, intent, requestId } = input;
  const captureBefore = intent.captureBefore === null ? null : new Date(intent.captureBefore);
  const authorized = { stage: 'AUTHORIZED' as const, intentId: intent.id, captureBefore };
  if (!(await isWanted(tx, booking, payment))) {
    await tx.payment.update({ where: { id: payment.id }, data: authorized });
    // The booking shows no session that has been paid already.
    const isShown = booking.paymentStage === 'SESSION_CREATED';
    if (isShown && (await findCurrentPayment(tx, booking, ['SESSION_CREATED'])) === null) {
      await tx.booking.update({ where: { id: booking.id }, data: { paymentStage: 'FAILED' } });
    }
    await requestOperation(tx, {
      booking,
      paymentId: payment.id,
      kind: 'VOID',
      author: { actor: BY_PAYMENT, requestId },
    });
    await recordPaymentEvent(tx, input, 'payment-unwanted');
    return;
  }
  const capturesAtOnce = booking.approval === 'AUTOMATIC' || payment.purpose === 'BALANCE';
  const stage = capturesAtOnce ? ('CAPTURING' as const) : ('AUTHORIZED' as const);
  await tx.payment.update({ where: { id: payment.id }, data: { ...authorized, stage } });
  await tx.booking.update({
    where: { id: booking.id },
    data: {
      paymentStage: stage,
      paymentProvider: 'STRIPE',
      paymentAuthorizedAt: booking.now,
      captureBefore,
      ...(booking.status === 'PENDING_APPROVAL' && { expiresAt: null, lapseWarnedAt: null }),
    },
  });
  await recordPaymentEvent(tx, input, 'payment-authorized');
  if (capturesAtOnce) {
    const { balance } = await readAmountNeeded(tx, booking);
    const params = { amount: Math.min(intent.amount, balance) };
    await requestOperation(tx, {
      booking,
      paymentId: payment.id,
      kind: 'CAPTURE',
      params,
      author: { actor: BY_PAYMENT, requestId },
    });
  } else if (booking.status === 'EXPIRED') {
    await changeBookingStatus(tx, {
      booking,
      action: 'revive',
      to: 'PENDING_APPROVAL',
      author: { actor: BY_PAYMENT, requestId },
      alsoAnnounce: ['booking_pending_approval'],
    });
  } else if (booking.status === 'PENDING_PAYMENT') {
    await changeBookingStatus(tx, { booking, action: 'authorize', author: { actor: BY_PAYMENT, requestId } });
  }
}

/** Checks if the payment is still needed. Takes the place of an ended hold again if free. */
async function isWanted(tx: Tx, booking: LockedBooking, payment: Payment): Promise<boolean> {
  // A balance can be paid more than once, because a stay can be extended. A deposit is paid once.
  const rivalStages: PaymentStage[] =
    payment.purpose === 'BALANCE' ? [...UNCAPTURED_STAGES] : [...UNCAPTURED_STAGES, 'CAPTURED'];
  const rival = await tx.payment.findFirst({
    where: {
      bookingId: booking.id,
      purpose: payment.purpose,
      provider: 'STRIPE',
      id: { not: payment.id },
      stage: { in: rivalStages },
    },
  });
  const amount = Number(payment.amount) + (payment.isWalletHeld ? Number(payment.walletAmount) : 0);
  const needed = await readAmountNeeded(tx, booking);
  if (rival !== null || amount > needed.balance) return false;
  if (payment.purpose === 'BALANCE') return isBalancePayable(booking.status);
  // Nobody can use what is paid for any more.
  if (isPastCutOff(booking)) return false;
  // The deposit was paid by hand or by wallet while the checkout session was open.
  if (needed.minimum === 0) return false;
  // The booking became more expensive while the checkout session was open.
  if (amount < needed.minimum) return false;
  if (booking.status === 'PENDING_PAYMENT') return true;
  // The first authorization lapsed before a decision, and the guest paid again.
  if (booking.status === 'PENDING_APPROVAL') return true;
  return booking.status === 'EXPIRED' && reclaimAllocation(tx, booking);
}

async function recordPaymentEvent(
  tx: Tx,
  { booking, payment, requestId }: { booking: LockedBooking; payment: Payment; requestId: string | null },
  action: string,
): Promise<void> {
  const reason = `${String(payment.amount)} ${payment.currency}`;
  await recordEvent(tx, { booking, action, author: { actor: BY_PAYMENT, requestId }, reason, announce: [] });
}
