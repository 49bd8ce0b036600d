import type { Payment, Tx } from '../../db/client.ts';
import type { LockedBooking } from '../../db/locks.ts';
import type { GatewayIntent } from '../../domain/ports/gateway.ts';
import type { Actor } from '../../domain/booking.ts';
import type { PaymentStage } from '../../domain/payment-stage.ts';
import { takePlaceAgain } from '../inventory/take-place-again.ts';
import { changeBookingStatus } from '../transition/change-booking-status.ts';
import { recordEvent } from '../transition/record-event.ts';
import { requestOperation } from '../gateway/operation/request-operation.ts';

const UNDER_WAY: PaymentStage[] = ['AUTHORIZED', 'CAPTURING'];
const BY_PAYMENT: Actor = { type: 'PAYMENT', id: null, name: null };

/**
 * Takes note that the guest's money is authorized, and decides what becomes of it.
 *
 * Where the property approves by itself it is captured at once; where staff do, the booking waits for them. A payment
 * that comes after the hold has ended revives the booking if its place is still free. Money that nothing can be sold
 * for is given back: never both, never neither.
 * Locks: expects the booking locked with its place (`lockPlaceOf`).
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
    await requestOperation(tx, { booking, paymentId: payment.id, kind: 'VOID', actor: BY_PAYMENT, requestId });
    await note(tx, input, 'payment-unwanted');
    return;
  }
  const capturesAtOnce = booking.approval === 'AUTOMATIC' || payment.purpose === 'BALANCE';
  const stage = capturesAtOnce ? ('CAPTURING' as const) : ('AUTHORIZED' as const);
  await tx.payment.update({ where: { id: payment.id }, data: { ...authorized, stage } });
  await tx.booking.update({
    where: { id: booking.id },
    data: {
      ...{ paymentStage: stage, paymentProvider: 'STRIPE', paymentAuthorizedAt: booking.now, captureBefore },
      ...(booking.status === 'PENDING_APPROVAL' && { expiresAt: null, lapseWarnedAt: null }),
    },
  });
  await note(tx, input, 'payment-authorized');
  if (capturesAtOnce) {
    const due = booking.totalPayable - booking.paidAmount - booking.waivedAmount;
    const params = { amount: Math.min(intent.amount, due) };
    await requestOperation(tx, {
      booking,
      paymentId: payment.id,
      kind: 'CAPTURE',
      params,
      actor: BY_PAYMENT,
      requestId,
    });
  } else if (booking.status === 'EXPIRED') {
    await changeBookingStatus(tx, {
      ...{ booking, action: 'revive', to: 'PENDING_APPROVAL', actor: BY_PAYMENT, requestId },
      alsoAnnounce: ['booking_pending_approval'],
    });
  } else if (booking.status === 'PENDING_PAYMENT') {
    await changeBookingStatus(tx, { booking, action: 'authorize', actor: BY_PAYMENT, requestId });
  }
}

/** Whether there is still something to sell for this money. Takes the place of an ended hold again, if it can. */
async function isWanted(tx: Tx, booking: LockedBooking, payment: Payment): Promise<boolean> {
  // A balance can be paid more than once, because a stay can grow; what makes a booking stand can not.
  const standsFor: PaymentStage[] = payment.purpose === 'BALANCE' ? UNDER_WAY : [...UNDER_WAY, 'CAPTURED'];
  const rival = await tx.payment.findFirst({
    where: {
      ...{ bookingId: booking.id, purpose: payment.purpose, provider: 'STRIPE', id: { not: payment.id } },
      stage: { in: standsFor },
    },
  });
  const amount = Number(payment.amount) + (payment.isWalletHeld ? Number(payment.walletAmount) : 0);
  if (rival !== null || amount > booking.totalPayable - booking.paidAmount - booking.waivedAmount) return false;
  if (payment.purpose === 'BALANCE') return booking.status === 'CONFIRMED' || booking.status === 'IN_HOUSE';
  // What makes the booking stand was paid by hand, or by the wallet, while this page was open.
  if (booking.paidAmount + booking.waivedAmount >= booking.depositDue) return false;
  // The hold was moved to where it costs more while this page was open.
  if (amount < booking.depositDue - booking.paidAmount) return false;
  if (booking.status === 'PENDING_PAYMENT') return true;
  // Paid again, because the first authorization lapsed before anybody decided.
  if (booking.status === 'PENDING_APPROVAL') return true;
  return booking.status === 'EXPIRED' && takePlaceAgain(tx, booking);
}

async function note(
  tx: Tx,
  { booking, payment, requestId }: { booking: LockedBooking; payment: Payment; requestId: string | null },
  action: string,
): Promise<void> {
  const reason = `${String(payment.amount)} ${payment.currency}`;
  await recordEvent(tx, { booking, action, actor: BY_PAYMENT, requestId, reason, announce: [] });
}
